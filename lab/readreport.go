package lab

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// MaxReportBytes bounds a report's file: the longest load's series and all phases are far below it.
const MaxReportBytes = 64 << 20

// ReadReport reads a report of blinkd bench. It refuses what is not one.
func ReadReport(path string) (Report, error) {
	var r Report
	if err := readJSON(path, &r); err != nil {
		return r, err
	}
	switch r.Format {
	case ReportFormat:
		return r, nil
	case "":
		return r, fmt.Errorf("%s: \"format\" is missing: it must be a report of blinkd bench -o json, of form %s", path, ReportFormat)
	default:
		return r, fmt.Errorf("%s: \"format\" is %q, this program reads %s: run the benchmark again with this version", path, r.Format, ReportFormat)
	}
}

func readJSON(path string, v any) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxReportBytes+1))
	if err != nil {
		return err
	}
	if len(data) > MaxReportBytes {
		return fmt.Errorf("%s: larger than %d bytes: not a report", path, MaxReportBytes)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: not the JSON of a report: %w", path, err)
	}
	return nil
}

// maxHDRBytes bounds the encoded histogram: three digits from 1 µs to an hour take far less.
const maxHDRBytes = 256 << 10

// histogram decodes the report's times to finality.
func (r Report) histogram() (h *hdrhistogram.Histogram, err error) {
	switch {
	case r.HDR == "":
		return nil, fmt.Errorf("\"ttf_hdr\" is missing: it holds the times to finality")
	case len(r.HDR) > maxHDRBytes:
		return nil, fmt.Errorf("\"ttf_hdr\" must have at most %d bytes, had %d", maxHDRBytes, len(r.HDR))
	}
	defer func() { // the library does not check the lengths that it reads
		if damage := recover(); damage != nil {
			h, err = nil, fmt.Errorf("\"ttf_hdr\" is not an HdrHistogram V2: %v", damage)
		}
	}()
	h, err = hdrhistogram.Decode([]byte(r.HDR)) // the library's encoding is base64 already
	if err != nil {
		return nil, fmt.Errorf("\"ttf_hdr\" is not an HdrHistogram V2: %w", err)
	}
	if h.TotalCount() != int64(r.Final) {
		return nil, fmt.Errorf("\"ttf_hdr\" holds %d times, but \"final\" says %d", h.TotalCount(), r.Final)
	}
	return h, nil
}

// censored is how many accepted transactions never became final.
func (r Report) censored() int64 { return int64(r.Expired) + int64(r.Unknown) }

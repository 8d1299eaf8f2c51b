package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"sort"
	"strings"
)

// The media types of a transaction. A body without a type is told by its first byte, so that plain tools work.
const (
	mediaJSON  = "application/json"
	mediaBytes = "application/octet-stream"
	mediaProto = "application/x-protobuf"
	// mediaCurl is what curl -d says of any body when it is told nothing. It counts as no type: nothing here takes forms.
	mediaCurl = "application/x-www-form-urlencoded"
)

// readBody reads the body, which is at most maxBody bytes, and gives its media type, one of those allowed.
func readBody(w http.ResponseWriter, r *request, allowed ...string) ([]byte, string, error) {
	media, err := mediaType(r.Header.Get("Content-Type"), allowed)
	if err != nil {
		return nil, "", err
	}
	if r.ContentLength > maxBody {
		return nil, "", &http.MaxBytesError{Limit: maxBody}
	}
	if a, ok := w.(*answer); ok {
		w = a.ResponseWriter // net/http's own, which hangs up on a body that is too large instead of waiting for its end
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, "", err
		}
		return nil, "", problem(codeInvalidBody, "the body ended early or came too slowly", "")
	}
	if media == "" {
		media = mediaBytes
		if first := bytes.TrimLeft(body, " \t\r\n"); len(first) > 0 && first[0] == '{' {
			media = mediaJSON
		}
		if media, err = mediaType(media, allowed); err != nil {
			return nil, "", err
		}
	}
	return body, media, nil
}

func mediaType(header string, allowed []string) (string, error) {
	if header == "" || header == mediaCurl {
		return "", nil
	}
	media, _, err := mime.ParseMediaType(header)
	if err == nil {
		for _, a := range allowed {
			if media == a {
				return media, nil
			}
		}
	}
	return "", problem(codeMediaType, "the content type must be "+strings.Join(allowed, " or ")+", was "+printable(header),
		"with curl: -H 'content-type: "+allowed[0]+"'")
}

// fields reads a JSON object of which only the named fields are known.
func fields(body []byte, known ...string) (map[string]json.RawMessage, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	var object map[string]json.RawMessage
	if err := dec.Decode(&object); err != nil {
		return nil, problem(codeInvalidBody, "the body must be a JSON object: "+printable(err.Error()), "")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, problem(codeInvalidBody, "the body must be one JSON object, had more after it", "")
	}
	if object == nil {
		return nil, problem(codeInvalidBody, "the body must be a JSON object, was null", "")
	}
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, problem(codeInvalidBody, "unknown field "+printable(name), "known are "+strings.Join(known, ", ")).at(printable(name))
		}
	}
	return object, nil
}

// stringField reads a required JSON string.
func stringField(object map[string]json.RawMessage, name string) (string, error) {
	raw, ok := object[name]
	if !ok {
		return "", problem(codeInvalidBody, name+" is missing", "").at(name)
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", problem(codeInvalidBody, name+" must be a string", "").at(name)
	}
	return s, nil
}

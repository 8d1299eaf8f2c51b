package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"blink/app"
	"blink/tx"
)

// spec is openapi.yaml, ready to check answers.
type spec struct {
	document *openapi3.T
	router   routers.Router
}

func loadSpec(t testing.TB) *spec {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromData(openAPI)
	must(t, err)
	must(t, document.Validate(context.Background(), openapi3.EnableExamplesValidation()))
	for _, media := range []string{"image/svg+xml", "application/yaml", "text/html", "text/javascript", "text/css", "text/event-stream", "application/octet-stream"} {
		openapi3filter.RegisterBodyDecoder(media, plainBody)
	}
	router, err := gorillamux.NewRouter(document)
	must(t, err)
	return &spec{document, router}
}

// plainBody takes what is no JSON as text.
func plainBody(body io.Reader, _ http.Header, _ *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
	text, err := io.ReadAll(body)
	return string(text), err
}

// check fails the test when an answer is not as the specification says. What is no route of it must be a problem.
func (s *spec) check(t testing.TB, req *http.Request, r reply) {
	t.Helper()
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer"} {
		if got := r.header.Get(name); got != want {
			t.Errorf("%s %s: header %s is %q", req.Method, req.URL, name, got)
		}
	}
	if !strings.Contains(r.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%s %s: no content security policy", req.Method, req.URL)
	}
	if req.Method == http.MethodHead || req.Method == http.MethodOptions {
		return
	}
	route, params, err := s.router.FindRoute(req)
	if err != nil {
		if r.status != http.StatusNotFound && r.status != http.StatusMethodNotAllowed && r.status != http.StatusTooManyRequests {
			t.Errorf("%s %s answered %d and is not in openapi.yaml: %v", req.Method, req.URL, r.status, err)
		}
		return
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
		Status:                 r.status, Header: r.header, Body: io.NopCloser(bytes.NewReader(r.body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
	if err != nil {
		t.Errorf("%s %s: %v\n%s", req.Method, req.URL, err, r.body)
	}
}

func TestEveryRouteIsInTheSpecificationAndViceVersa(t *testing.T) {
	s := serve(t, nil)
	var served, specified []string
	for _, rt := range s.api.routes() {
		served = append(served, rt.method+" "+rt.path)
		item := s.spec.document.Paths.Value(rt.path)
		if item == nil || item.GetOperation(rt.method) == nil {
			continue // found below
		}
		var params []string
		for _, p := range item.GetOperation(rt.method).Parameters {
			if p.Value.In == "query" {
				params = append(params, p.Value.Name)
			}
		}
		sort.Strings(params)
		if got := strings.Join(params, " "); got != strings.Join(sorted(rt.params), " ") {
			t.Errorf("%s %s takes %v, openapi.yaml says %v", rt.method, rt.path, rt.params, params)
		}
	}
	for path, item := range s.spec.document.Paths.Map() {
		for method := range item.Operations() {
			specified = append(specified, method+" "+path)
		}
	}
	sort.Strings(served)
	sort.Strings(specified)
	if a, b := strings.Join(served, "\n"), strings.Join(specified, "\n"); a != b {
		t.Errorf("served:\n%s\n\nspecified:\n%s", a, b)
	}
}

func sorted(list []string) []string {
	list = append([]string(nil), list...)
	sort.Strings(list)
	return list
}

// A chain that goes on from another one has a genesis of another form.
func TestTheGenesisOfAContinuedChainIsInTheSpecification(t *testing.T) {
	s := serve(t, nil)
	s.submit("/v1/txs?wait=final", s.transfer(0, 5)).is(http.StatusOK)
	next := app.Export(s.store.Latest(), "blink-next", s.store.Height()+1, s.time())
	var document any
	must(t, json.Unmarshal(next.Encode(), &document))
	if err := s.spec.document.Components.Schemas["Genesis"].Value.VisitJSON(document); err != nil {
		t.Error(err)
	}
}

func TestEveryCodeIsInTheSpecification(t *testing.T) {
	description := loadSpec(t).document.Components.Schemas["Problem"].Value.Properties["code"].Value.Description
	codes := loadSpec(t).document.Components.Schemas["Code"].Value.Enum
	for code := range statusOf {
		if !strings.Contains(description, code) && !slices.Contains(codes, any(code)) {
			t.Errorf("code %s is not in openapi.yaml", code)
		}
	}
	for i, code := range codes {
		if got := tx.Code(i).String(); got != code {
			t.Errorf("openapi.yaml lists %v where tx has %s", code, got)
		}
	}
	if next := tx.Code(len(codes)).String(); !strings.HasPrefix(next, "code_") {
		t.Errorf("code %s is not in openapi.yaml", next)
	}
}

// The examples of package tx hold every message type.
func TestEveryMessageIsInTheSpecification(t *testing.T) {
	schema := loadSpec(t).document.Components.Schemas["Body"].Value
	examples, err := filepath.Glob("../tx/testdata/golden/*.json")
	must(t, err)
	if len(examples) < 20 {
		t.Fatalf("%d examples", len(examples))
	}
	for _, path := range examples {
		text, err := os.ReadFile(path)
		must(t, err)
		var example struct {
			Body any `json:"body"`
		}
		must(t, json.Unmarshal(text, &example))
		if err := schema.VisitJSON(example.Body); err != nil {
			t.Errorf("%s is not as openapi.yaml says: %v", path, err)
		}
	}
}

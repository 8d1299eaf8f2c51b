package api

import (
	_ "embed"
	"net/http"
)

//go:embed openapi.yaml
var openAPI []byte

//go:embed dashboard/index.html
var dashboardHTML []byte

//go:embed dashboard/dashboard.js
var dashboardJS []byte

//go:embed dashboard/dashboard.css
var dashboardCSS []byte

// pagePolicy lets the dashboard load its own files and ask its own node, and nothing else.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (s *Server) pageRoutes() []route {
	return []route{
		get("/", page("text/html; charset=utf-8", dashboardHTML)),
		get("/dashboard.js", page("text/javascript; charset=utf-8", dashboardJS)),
		get("/dashboard.css", page("text/css; charset=utf-8", dashboardCSS)),
		get("/openapi.yaml", page("application/yaml", openAPI)),
	}
}

// page serves an embedded file.
func page(media string, content []byte) handler {
	return func(w http.ResponseWriter, r *request) error {
		w.Header().Set("Content-Security-Policy", pagePolicy)
		w.Header().Set("Content-Type", media)
		w.Header().Set("Cache-Control", "no-cache")
		if r.Method != http.MethodHead {
			_, _ = w.Write(content) // the client is gone: nobody to tell
		}
		return nil
	}
}

package client

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestReadEvents(t *testing.T) {
	stream := ": hello\n\nevent: block\nid: 7\ndata: {\"height\":7}\n\n:\n\ndata: {\ndata: }\n\nevent: lost\ndata: {}"
	var got []string
	err := readEvents(strings.NewReader(stream), func(e Event) bool {
		got = append(got, fmt.Sprintf("%s %s %s", e.Type, e.ID, e.Data))
		return true
	})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	want := []string{`block 7 {"height":7}`, "message 7 {\n}"} // an event without its empty line is incomplete
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if err := readEvents(strings.NewReader("data: "+strings.Repeat("x", MaxEventBytes)), nil); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("an endless line: %v", err)
	}
}

func TestEventsEndWithTheConsumer(t *testing.T) {
	gone := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i := 0; r.Context().Err() == nil; i++ {
			fmt.Fprintf(w, "event: block\ndata: {\"height\":%d}\n\n", i)
			w.(http.Flusher).Flush()
			time.Sleep(time.Millisecond)
		}
		close(gone)
	}))
	defer server.Close()
	c := newClient(t, Options{}, downURL(t), server.URL)
	n := 0
	for e, err := range c.Events(t.Context(), "block") {
		if err != nil || e.Type != "block" {
			t.Fatalf("%+v, %v", e, err)
		}
		if n++; n == 3 {
			break
		}
	}
	select {
	case <-gone:
	case <-time.After(5 * time.Second):
		t.Error("the stream was left open")
	}
}

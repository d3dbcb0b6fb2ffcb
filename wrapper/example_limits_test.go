package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// remote is a resource on a server, and the number of its requests.
func remote() (file *wrapper.File, requests *int, end func()) {
	requests = new(int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		*requests++
		w.Header().Set("ETag", `"v1"`)
		_, _ = io.WriteString(w, "all is well")
	}))
	client := &http.Client{Transport: &http.Transport{}}
	return wrapper.URL(client, server.URL+"/a.txt"), requests, func() {
		client.CloseIdleConnections()
		server.Close()
	}
}

// One request at a time. Another one waits for a free connection, then fails with ErrBusy.
func ExampleLimiter() {
	file, _, end := remote()
	defer end()
	file = file.WithLimiter(wrapper.NewLimiter(1, time.Millisecond))
	first, err := file.Open(context.Background(), 0, -1)
	fmt.Println(err)
	_, err = file.Open(context.Background(), 0, -1)
	fmt.Println(errors.Is(err, wrapper.ErrBusy))
	_ = first.Close()
	// Output:
	// <nil>
	// true
}

// An admission runs before each request to the storage, and may reject it.
func ExampleAdmission() {
	file, requests, end := remote()
	defer end()
	budget, running := 1, 0
	file = file.WithAdmission(func(context.Context) (func(), error) {
		if budget == 0 {
			return nil, errors.New("budget of the day is used")
		}
		budget--
		running++
		return func() { running-- }, nil
	})
	_, err := file.Stat(context.Background())
	fmt.Println(err, running)
	_, err = file.Stat(context.Background())
	fmt.Println(err, *requests)
	// Output:
	// <nil> 0
	// stat a.txt: budget of the day is used 1
}

// A HEAD within the hour costs no request, and may be for content that was replaced. A download is always current.
func ExampleInfoCache() {
	ctx := context.Background()
	bucket := wrapper.NewBucket(memblob.OpenBucket(nil))
	defer bucket.Close()
	file := bucket.File("a.txt").WithInfoCache(wrapper.NewInfoCache(10_000, time.Hour))
	for _, content := range []string{"all is well", "better"} {
		if err := bucket.WriteAll(ctx, "a.txt", []byte(content), nil); err != nil {
			panic(err)
		}
		resp, err := file.Fetch(ctx, wrapper.Request{Head: true})
		if err != nil {
			panic(err)
		}
		_ = resp.Close()
		fmt.Println(resp.Info.Size)
	}
	resp, err := file.Fetch(ctx, wrapper.Request{})
	if err != nil {
		panic(err)
	}
	defer resp.Close()
	text, err := io.ReadAll(resp.Body)
	fmt.Println(string(text), err)
	// Output:
	// 11
	// 11
	// better <nil>
}

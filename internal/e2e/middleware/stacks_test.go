package middleware_test

import (
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	chimiddleware "github.com/go-chi/chi/v5/middleware"
	"github.com/gorilla/handlers"
	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"
	echomiddleware "github.com/labstack/echo/v4/middleware"
)

// stacks are the frameworks and middleware of the matrix: each returns the handler in its usual place.
var stacks = map[string]func(http.Handler) http.Handler{
	"net/http":                  func(h http.Handler) http.Handler { return h },
	"recover":                   recoverer,
	"gin.Default":               ginDefault,
	"echo Recover":              echoRecover,
	"chi Recoverer":             chimiddleware.Recoverer,
	"gorilla RecoveryHandler":   handlers.RecoveryHandler(handlers.PrintRecoveryStack(false)),
	"chi Compress":              func(h http.Handler) http.Handler { return recoverer(chimiddleware.Compress(5)(h)) },
	"gorilla CompressHandler":   func(h http.Handler) http.Handler { return recoverer(handlers.CompressHandler(h)) },
	"gzhttp":                    func(h http.Handler) http.Handler { return recoverer(gzhttp.GzipHandler(h)) },
	"recover inside gzhttp":     func(h http.Handler) http.Handler { return gzhttp.GzipHandler(recoverer(h)) },
	"TimeoutHandler":            timeout,
	"recover inside of timeout": func(h http.Handler) http.Handler { return timeout(recoverer(h)) },
	"no Unwrap":                 func(h http.Handler) http.Handler { return recoverer(opaque(h)) },
	"no Unwrap, recover inside": func(h http.Handler) http.Handler { return opaque(recoverer(h)) },
}

// recoverer recovers every panic, http.ErrAbortHandler included, and ends the response cleanly.
func recoverer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { _ = recover() }()
		next.ServeHTTP(w, r)
	})
}

func timeout(next http.Handler) http.Handler {
	return http.TimeoutHandler(next, 300*time.Millisecond, "too slow")
}

// opaqueWriter hides the connection: it has no Unwrap.
type opaqueWriter struct{ w http.ResponseWriter }

func (o opaqueWriter) Header() http.Header         { return o.w.Header() }
func (o opaqueWriter) Write(p []byte) (int, error) { return o.w.Write(p) }
func (o opaqueWriter) WriteHeader(status int)      { o.w.WriteHeader(status) }

func opaque(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(opaqueWriter{w}, r) })
}

func ginDefault(h http.Handler) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.Use(gin.LoggerWithWriter(io.Discard), gin.RecoveryWithWriter(io.Discard)) // those of gin.Default
	e.GET("/*any", gin.WrapH(h))
	return e
}

func echoRecover(h http.Handler) http.Handler {
	e := echo.New()
	e.Logger.SetOutput(io.Discard)
	e.Use(echomiddleware.Recover())
	e.GET("/*", echo.WrapHandler(h))
	return e
}

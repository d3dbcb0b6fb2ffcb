package offload_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A URL is signed for one host: nginx fetches it from no server that cannot prove to be that host.
func TestNginxVerifiesTheCertificateOfAStorage(t *testing.T) {
	t.Parallel()
	const host = "storage.example"
	certificate, authority := certificateFor(t, host)
	_, another := certificateFor(t, host)
	foreign, foreignAuthority := certificateFor(t, "other.example")
	for name, tt := range map[string]struct {
		certificate tls.Certificate
		authority   string
		status      int
	}{
		"trusted":           {certificate, authority, http.StatusOK},
		"unknown authority": {certificate, another, http.StatusBadGateway},
		"another host":      {foreign, foreignAuthority, http.StatusBadGateway},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, host, r.TLS.ServerName)
				_, _ = io.WriteString(w, "all is well")
			}))
			store.TLS = &tls.Config{Certificates: []tls.Certificate{tt.certificate}}
			store.Config.ErrorLog = log.New(io.Discard, "", 0) // of refused handshakes
			store.StartTLS()
			t.Cleanup(store.Close)
			f := *frontOf("nginx")
			f.change = func(conf string) string {
				conf = strings.Replace(conf, `"~^http://`, `"~^https://`, 1)
				return strings.Replace(conf, "upstream application {", "upstream "+host+" { server "+store.Listener.Addr().String()+"; }\n  upstream application {", 1)
			}
			f.store = func(conf string) string {
				return strings.Replace(conf, "/etc/ssl/certs/ca-certificates.crt", tt.authority, 1)
			}
			base := f.start(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Accel-Redirect", "/_url?https://"+host+"/k")
			}), t.TempDir(), host)
			resp, body := get(t, base+"/k")
			assert.Equal(t, tt.status, resp.StatusCode)
			assert.Equal(t, tt.status == http.StatusOK, body == "all is well")
		})
	}
}

// certificateFor returns a certificate that signs itself, and the file of it.
func certificateFor(t *testing.T, host string) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), DNSNames: []string{host}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "authority.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

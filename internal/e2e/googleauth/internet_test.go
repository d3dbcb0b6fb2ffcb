package googleauth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// The host names of the service.
const (
	storageHost = "storage.googleapis.com"
	tokenHost   = "oauth2.googleapis.com"
)

// internet is a proxy that routes every host name to one server, whose certificate the process trusts.
type internet struct {
	server  *httptest.Server
	proxy   *httptest.Server
	tunnels atomic.Int64 // connections to the storage
	wg      sync.WaitGroup

	handlers sync.Map // host to http.Handler
	asked    sync.Map // hosts and ports of the connections

	mu      sync.Mutex
	stopped bool
}

// startInternet must run before the process reads HTTPS_PROXY or the system's certificates.
func startInternet(dir string) (*internet, error) {
	cert, authority, err := certificate()
	if err != nil {
		return nil, err
	}
	ca := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(ca, authority, 0o600); err != nil {
		return nil, err
	}
	n := &internet{}
	n.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, ok := n.handlers.Load(r.Host)
		if !ok {
			http.Error(w, "nobody is here", http.StatusMisdirectedRequest)
			return
		}
		h.(http.Handler).ServeHTTP(w, r)
	}))
	n.server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	n.server.StartTLS()
	n.proxy = httptest.NewServer(http.HandlerFunc(n.connect))
	for name, value := range map[string]string{
		"SSL_CERT_FILE": ca, "SSL_CERT_DIR": dir, "HTTPS_PROXY": n.proxy.URL, "HTTP_PROXY": n.proxy.URL, "NO_PROXY": "", "no_proxy": "",
		"https_proxy": n.proxy.URL, "http_proxy": n.proxy.URL, "STORAGE_EMULATOR_HOST": "", "GCE_METADATA_HOST": "metadata.invalid",
	} {
		if err := os.Setenv(name, value); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func (n *internet) stop() {
	n.mu.Lock()
	n.stopped = true
	n.mu.Unlock()
	n.proxy.CloseClientConnections()
	n.server.CloseClientConnections()
	n.proxy.Close()
	n.server.Close()
	n.wg.Wait()
}

// connect tunnels every host name to the server, and rejects every method but CONNECT.
func (n *internet) connect(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.Error(w, "not here", http.StatusForbidden)
		return
	}
	if r.Host == storageHost+":443" {
		n.tunnels.Add(1)
	}
	n.asked.Store(r.Host, true)
	to, err := net.Dial("tcp", n.server.Listener.Addr().String())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	from, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = to.Close()
		return
	}
	n.mu.Lock() // orders the tunnels before the wait for them
	defer n.mu.Unlock()
	if n.stopped {
		_ = to.Close()
		_ = from.Close()
		return
	}
	_, _ = io.WriteString(from, "HTTP/1.1 200 Connection established\r\n\r\n")
	n.wg.Go(func() {
		_, _ = io.Copy(to, from)
		_ = to.Close()
	})
	n.wg.Go(func() {
		_, _ = io.Copy(from, to)
		_ = from.Close()
	})
}

// certificate creates an authority, and its certificate for the host names.
func certificate() (leaf tls.Certificate, authority []byte, err error) {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return leaf, nil, err
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	if err != nil {
		return leaf, nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return leaf, nil, err
	}
	names := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: storageHost}, DNSNames: []string{storageHost, tokenHost},
		NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, names, ca, &key.PublicKey, caKey)
	if err != nil {
		return leaf, nil, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER}), nil
}

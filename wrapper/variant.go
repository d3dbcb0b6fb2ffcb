package wrapper

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Variant identifies content that is generated from other content with parameters: a thumbnail of a picture, for example. Its
// Key is the key of a [Materializer], and of a signed link. With a signed link a client can request only the variants that
// the application has signed, and not one for each width that there is.
type Variant struct {
	Name    string // of the content, as in "photos/42.jpg"; required, and not the key of a directory
	Version string // of the content that it is generated from; "" if that content never changes

	// Params are the parameters, such as "w": "400". An empty value is a parameter too. The zero value is none.
	Params map[string]string
}

// Key returns the key of the variant: "photos/42.jpg/v7,h=300,w=400", for example. Equal variants have equal keys in any
// order of their parameters, and different ones have different keys. Version and Params are percent-encoded in it.
func (v Variant) Key() string {
	var b strings.Builder
	b.WriteString(v.Name)
	b.WriteString("/v")
	b.WriteString(escapeVariant(v.Version))
	for _, name := range slices.Sorted(maps.Keys(v.Params)) {
		b.WriteString("," + escapeVariant(name) + "=" + escapeVariant(v.Params[name]))
	}
	return b.String()
}

// escapeVariant leaves only characters that every storage, URL and log holds unchanged.
func escapeVariant(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// errVariant is the error of a key that Variant.Key does not return.
var errVariant = errors.New("not the key of a variant")

// ParseVariant returns the variant that a key identifies. It fails for every key that [Variant.Key] does not return, so
// that one variant has one key.
func ParseVariant(key string) (Variant, error) {
	i := strings.LastIndex(key, "/v")
	if i < 0 {
		return Variant{}, fmt.Errorf("variant %q: %w", key, errVariant)
	}
	parts := strings.Split(key[i+len("/v"):], ",")
	v := Variant{Name: key[:i]}
	var err error
	if v.Version, err = url.PathUnescape(parts[0]); err != nil {
		return Variant{}, fmt.Errorf("variant %q: %w", key, errVariant)
	}
	for _, p := range parts[1:] {
		name, value, _ := strings.Cut(p, "=")
		name, nameErr := url.PathUnescape(name)
		value, valueErr := url.PathUnescape(value)
		if nameErr != nil || valueErr != nil {
			return Variant{}, fmt.Errorf("variant %q: %w", key, errVariant)
		}
		if v.Params == nil {
			v.Params = map[string]string{}
		}
		v.Params[name] = value
	}
	if v.Key() != key || v.Name == "" {
		return Variant{}, fmt.Errorf("variant %q: %w", key, errVariant)
	}
	return v, nil
}

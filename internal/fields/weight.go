package fields

import (
	"strconv"
	"strings"
)

// Weight parses the weight of a member of Accept or Accept-Encoding: "" or `q=0.5` (RFC 9110 section 12.4.2). It ranges from 0
// to 1000.
func Weight(params string) (weight int, ok bool) {
	params = strings.Trim(params, " \t")
	if params == "" {
		return 1000, true
	}
	if len(params) < 3 || len(params) > 7 || params[0]|0x20 != 'q' || params[1] != '=' {
		return 0, false
	}
	whole, fraction, _ := strings.Cut(params[2:], ".")
	n, err := strconv.ParseUint(whole+(fraction + "000")[:3], 10, 16)
	if err != nil || len(whole) != 1 || len(fraction) > 3 || n > 1000 {
		return 0, false
	}
	return int(n), true
}

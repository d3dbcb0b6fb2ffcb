package trace_test

// size is the size of the requested object in bytes.
const size = 4096

// answers are all kinds of response. {tag} and {date} are those of the object.
var answers = []struct {
	name   string // of the golden file, and of the row
	method string
	key    string
	header []string
	status int
}{
	{"full GET", "GET", "page", nil, 200},
	{"empty object", "GET", "empty", nil, 200},
	{"single range", "GET", "page", []string{"Range: bytes=100-199"}, 206},
	{"suffix range", "GET", "page", []string{"Range: bytes=-500"}, 206},
	{"open range", "GET", "page", []string{"Range: bytes=4000-"}, 206},
	{"matching If-Range", "GET", "page", []string{"Range: bytes=100-199", "If-Range: {tag}"}, 206},
	{"stale If-Range", "GET", "page", []string{"Range: bytes=100-199", `If-Range: "old"`}, 200},
	{"three ranges", "GET", "page", []string{"Range: bytes=0-9,2000-2009,-10"}, 206},
	{"adjacent ranges", "GET", "page", []string{"Range: bytes=0-9,20-29"}, 206},
	{"too many ranges", "GET", "page", []string{"Range: bytes=" + tooMany}, 200},
	{"invalid Range", "GET", "page", []string{"Range: bytes=9-0"}, 200},
	{"HEAD", "HEAD", "page", nil, 200},
	{"HEAD with a range", "HEAD", "page", []string{"Range: bytes=100-199"}, 200},
	{"304 by entity-tag", "GET", "page", []string{"If-None-Match: {tag}"}, 304},
	{"304 by a list of entity-tags", "GET", "page", []string{`If-None-Match: "old", {tag}`}, 304},
	{"304 by date", "GET", "page", []string{"If-Modified-Since: {date}"}, 304},
	{"412 by entity-tag", "GET", "page", []string{`If-Match: "old"`}, 412},
	{"412 by date", "GET", "page", []string{"If-Unmodified-Since: Thu, 06 Nov 2014 08:49:37 GMT"}, 412},
	{"416", "GET", "page", []string{"Range: bytes=4096-"}, 416},
	{"404", "GET", "none", nil, 404},
	{"404 of an invalid key", "GET", "a//b", nil, 404},
	{"405", "POST", "page", nil, 405},
	{"OPTIONS", "OPTIONS", "page", nil, 204},
}

// tooMany are more separate ranges than a response may have.
const tooMany = "0-0,200-200,400-400,600-600,800-800,1000-1000,1200-1200,1400-1400,1600-1600,1800-1800,2000-2000," +
	"2200-2200,2400-2400,2600-2600,2800-2800,3000-3000,3200-3200"

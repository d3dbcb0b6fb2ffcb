package threats_test

// row is one known way to break a download server, with the tests that show that this one resists.
type row struct {
	id     string
	threat string
	tests  []string // each a directory of the repository, a dot, and the name of a test
	why    string   // without a test: the reason why the threat does not apply
}

func by(id, threat string, tests ...string) row { return row{id: id, threat: threat, tests: tests} }

func because(id, threat, why string) row { return row{id: id, threat: threat, why: why} }

// Directories of tests.
const (
	here      = "internal/threats."
	plan      = "internal/plan."
	names     = "internal/disposition."
	types     = "internal/mediatype."
	resumes   = "internal/resume."
	guards    = "internal/guard."
	files     = "wrapper."
	archives  = "wrapper/archive."
	stores    = "wrapper/"
	serving   = "blobdownload."
	gateways  = "internal/e2e/gateway."
	portables = "internal/e2e/portable."
	loads     = "internal/e2e/load."
	clouds    = "internal/e2e/providers."
	fronts    = "internal/e2e/offload."
	proxies   = "proxy."
	cdns      = "proxy/cloudfront."
	counters  = "internal/allowance."
	sites     = "blobdownload/site."
	accounts  = "blobdownload/docstoreuses."
	allowed   = "internal/e2e/allowance."
	logs      = "accesslog."
	ids       = "internal/requestid."
	commands  = "examples/gateway."
)

// families are the numbers of the ids that the table must have, by family. The numbers have gaps.
var families = map[string][]int{
	"XA": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28, 29, 30, 32, 33, 34, 36, 37, 38, 40, 41, 42, 44, 45, 46, 48},
	"PS": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28, 29, 30, 32},
	"RG": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28, 29},
	"TR": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28, 29, 30, 32, 33, 34, 36},
	"CD": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28, 29, 30},
	"PT": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28},
	"SF": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26},
	"SG": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28, 29, 30},
	"LD": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26},
	"CC": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13},
	"RT": {1, 2, 3, 4, 5, 6, 7, 8},
	"MV": {1, 2, 3, 4, 5, 6, 7, 8},
	"VN": {1, 2, 3, 4, 5, 6, 7, 8},
	"ST": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13},
	"PB": {1, 2, 3, 4, 5},
	"GR": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18},
	"AL": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14},
	"LG": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
	"ZP": {1, 2, 4, 5, 6, 8, 9, 10},
}

const gcsTranscoding = "objects are read as stored (ReadCompressed, Accept-Encoding: identity), so no storage decodes them"

var table = []row{
	// Ranges.
	by("RG1", "many overlapping ranges, each the rest of the file", here+"TestRanges", plan+"TestAbuse"),
	by("RG2", "thousands of ranges of one byte", here+"TestRanges", plan+"TestAbuse"),
	by("RG4", "the whole file several times over", here+"TestRanges", plan+"TestSeveralRanges"),
	by("RG5", "parsing or merging in quadratic time", here+"TestRanges", plan+"TestAbuse"),
	by("RG6", "a field of many kilobytes", here+"TestRanges", plan+"TestParseRangeRefuses"),
	by("RG8", "a suffix of zero bytes", here+"TestRanges"),
	by("RG9", "a suffix longer than the file", here+"TestRanges"),
	by("RG10", "a unit that is unknown, or spelt in another case", here+"TestRanges"),
	by("RG12", "signs and blanks in numbers", here+"TestRanges", plan+"TestParseRangeRefuses"),
	by("RG13", "a last byte past the end", here+"TestRanges"),
	by("RG14", "a first byte past the end", here+"TestRanges"),
	by("RG16", "a range held in memory", gateways+"TestGigabyteAddsNoMemory", serving+"TestMemory"),
	by("RG17", "a small range that reads a large object", portables+"TestCostOfS3", files+"TestURLForwardsRangesAndPreconditions", files+"TestFetchCostsAndWindows"),
	by("RG18", "a boundary that is in the content", here+"TestBoundaryIsNotInTheContent"),
	by("RG20", "If-Range by a tag that is weak, other, or none", here+"TestConditionsAndRanges", plan+"TestIfRange"),
	by("RG21", "If-Range by a date that is not strong yet", here+"TestConditionsAndRanges", plan+"TestIfRange"),
	by("RG22", "If-Range after the object was replaced", here+"TestRangeOfAnObjectThatWasReplaced"),
	by("RG24", "a range that outranks If-None-Match", here+"TestConditionsAndRanges", plan+"TestConformance"),
	by("RG25", "other validators on 206 and 304 than on 200", here+"TestConditionsAndRanges"),
	by("RG26", "ranges of bytes that are encoded on the way", here+"TestStoredEncoding", files+"TestURLNeverDecodes"),
	by("RG28", "a storage that answers with another window", files+"TestURLOfAFaultyServerFails"),
	by("RG29", "an object that shrank before the range was opened", here+"TestRangeOfAnObjectThatWasReplaced"),

	// Torn reads, truncation, integrity.
	by("TR1", "two versions spliced by seeking", files+"TestReaderReadsOneVersionOnly"),
	by("TR2", "a reopening that is not pinned", files+"TestResumeIsPinnedToTheFirstVersion"),
	by("TR4", "new bytes under the old headers", files+"TestReaderOfAnOverwrittenBlobFailsWithErrChanged", files+"TestPartOfAnotherVersionFails"),
	by("TR5", "a retry that reads another version", here+"TestCutAtEveryBoundary", files+"TestResumeIsPinnedToTheFirstVersion"),
	by("TR6", "parallel parts of two versions", files+"TestReadAheadIsResumedAndPinned"),
	by("TR8", "a store that has neither tags nor versions", files+"TestContentWithoutAStrongETagIsNotResumed", files+"TestPartOfAnotherVersionFails"),
	by("TR9", "a storage that breaks off, the length known", serving+"TestTruncatedBodyFailsTheTransfer"),
	by("TR10", "a storage that breaks off, the length unknown", serving+"TestTruncatedBodyFailsTheTransfer"),
	by("TR12", "a break that a client of HTTP/1.0 cannot see", serving+"TestTruncatedBodyResetsHTTP10"),
	by("TR13", "an encoded body whose cut nobody sees", here+"TestStoredEncoding"),
	by("TR14", "a storage that reports no length", files+"TestURLOfUnknownLength", serving+"TestD18_UnknownSizeIsNotZero"),
	because("TR16", "a store that decodes while it sends", gcsTranscoding),
	because("TR17", "ranges of what a store decodes", gcsTranscoding),
	because("TR18", "a retry inside of what a store decodes", gcsTranscoding),
	by("TR20", "a remote's error page sent as the file", here+"TestStatusOfARemote", serving+"TestD17_RemoteFailures"),
	by("TR21", "a status promised before the open", here+"TestNothingIsPromisedBeforeTheFirstByte"),
	by("TR22", "a length in characters", serving+"TestD19_LengthsAreInBytes"),
	by("TR24", "a file that is truncated while it is sent", gateways+"TestTruncatedFileNeverEndsCleanly", serving+"TestLocalFileTruncatedDuringSendfile"),
	by("TR25", "a file that is rewritten in place", gateways+"TestRewrittenFileNeverEndsCleanly", files+"TestFSFileRewrittenInPlaceIsErrChanged"),
	by("TR26", "two writes within a second under one tag", here+"TestTagsOfQuickWrites"),
	by("TR28", "a reset in the middle", files+"TestInterruptedBodiesAreResumed", files+"TestResumesWithoutProgressAreLimited"),
	by("TR29", "a resumption that is off by one", here+"TestCutAtEveryBoundary"),
	by("TR30", "a digest of the whole on a part", here+"TestHeaderOfARemote"),
	by("TR32", "slices of an nginx cache", here+"TestSlicesOfACache"),
	by("TR33", "an abort in HTTP/2 that ends other streams", serving+"TestAbortLeavesOtherStreamsOfTheConnection"),
	by("TR34", "a compressing proxy that hides an abort", here+"TestAbortThroughNginx"),
	by("TR36", "a HEAD that differs from GET", serving+"TestHeadEqualsGet", gateways+"TestAnswers"),

	// Content-Disposition, types, what browsers do.
	by("CD1", "a quote in a name", names+"TestFormat", names+"TestOddNames"),
	by("CD2", "a name out of the URL", here+"TestRequestDoesNotDecideOnSafety", serving+"TestHostileNames"),
	by("CD4", "controls in a name", names+"TestSanitize", names+"TestOddNames"),
	by("CD5", "names beyond ASCII", names+"TestFormat"),
	by("CD6", "a percent sign in a name", names+"TestFormat"),
	by("CD8", "no name", names+"TestFormat"),
	by("CD9", "a path in a name", names+"TestSanitize"),
	by("CD10", "a name that turns its direction", names+"TestSanitize"),
	by("CD12", "a very long name", names+"TestSanitize", names+"TestSanitizeLength"),
	by("CD13", "a name that is not quoted", names+"TestFormat"),
	by("CD14", "a client that asks for inline", here+"TestRequestDoesNotDecideOnSafety"),
	by("CD16", "a type with another as its parameter", types+"TestClean"),
	by("CD17", "two types and a comma", types+"TestClean"),
	by("CD18", "a list of types by pattern", types+"TestClean", types+"TestInlineIsNeverActive"),
	by("CD20", "a charset that turns text into markup", types+"TestClean"),
	by("CD21", "metadata of an uploader", serving+"TestObjectMetadataIsNotCopied"),
	by("CD22", "content that is not of its type", serving+"TestSecurityFieldsOnEveryStatus", serving+"TestSniff"),
	by("CD24", "what is shown runs in the site", serving+"TestContentSecurityPolicyByMediaType", serving+"TestSandbox"),
	by("CD25", "a policy that breaks PDF viewers", serving+"TestContentSecurityPolicyByMediaType"),
	by("CD26", "a policy by the spelling of a path", here+"TestRequestDoesNotDecideOnSafety"),
	by("CD28", "another site that embeds private content", serving+"TestSecurityFieldsOnEveryStatus"),
	by("CD29", "a type with a line break", types+"FuzzType", types+"TestClean"),
	by("CD30", "a name that contradicts the media type", here+"TestNameAndTypeThatDisagree"),

	// Paths and the file system.
	by("PT1", "dots, plain and encoded", serving+"TestPathViewStaysInItsRoot"),
	by("PT2", "backslashes", serving+"TestPathViewStaysInItsRoot", serving+"TestNamesForeignToWindows"),
	by("PT4", "Windows' devices and streams", serving+"TestNamesForeignToWindows"),
	by("PT5", "links that lead out", serving+"TestPathViewStaysInItsRoot", serving+"TestSymlinksCannotEscapeTheDirectory"),
	by("PT6", "a link and a slash at the end", serving+"TestPathViewStaysInItsRoot", here+"TestGoVersion"),
	because("PT8", "a listing outside of the root", "no handler lists a directory for a client; Storage.Check reads one name only"),
	by("PT9", "an absolute link that stays inside", serving+"TestPathViewStaysInItsRoot"),
	by("PT10", "a link swapped between look and open", here+"TestSwappedLink"),
	by("PT12", "devices, sockets, directories, pipes", serving+"TestPathViewStaysInItsRoot", serving+"TestPathViewDoesNotWaitForAPipe"),
	by("PT13", "files with content that report a size of 0", here+"TestFilesOfTheKernel"),
	by("PT14", "a NUL", here+"TestKeysAreLiteral", serving+"TestPathViewStaysInItsRoot"),
	by("PT16", "names that are not in canonical form", here+"TestKeysAreLiteral", serving+"TestKeys"),
	because("PT17", "a case-insensitive disk",
		"only the application's record has the canonical name; Paths.View documents that permission checks use that record"),
	by("PT18", "hidden files", serving+"TestHiddenFiles"),
	by("PT20", "characters of patterns", here+"TestKeysAreLiteral"),
	by("PT21", "a second decoding", serving+"TestPathViewStaysInItsRoot"),
	by("PT22", "a check of other text than is opened", here+"TestKeysAreLiteral"),
	by("PT24", "paths in the text of an error", here+"TestFailuresOfTheDisk", serving+"TestCausesAreLoggedAndNotSent"),
	by("PT25", "a key that leads into another bucket", here+"TestKeysAreLiteral", serving+"TestSymlinksCannotEscapeTheDirectory"),
	by("PT26", "a key of a client's making", here+"TestKeysAreLiteral", serving+"FuzzKey"),
	by("PT28", "a key that is not UTF-8", here+"TestKeysAreLiteral", serving+"TestKeys"),

	// Remote files.
	by("SF1", "other schemes", files+"TestURLRejectsUnsafeSpellings", files+"TestRedirectsAreCheckedLikeTheFirstURL"),
	by("SF2", "odd spellings of an IPv4 address", files+"TestURLRejectsUnsafeSpellings", guards+"TestControlRejectsSpecialAddresses"),
	by("SF4", "IPv4 inside of IPv6", guards+"TestControlRejectsSpecialAddresses"),
	by("SF5", "zones", guards+"TestControlRejectsSpecialAddresses", files+"TestURLRejectsUnsafeSpellings"),
	by("SF6", "metadata services", guards+"TestControlRejectsSpecialAddresses"),
	by("SF8", "internationalised names", files+"TestURLRejectsUnsafeSpellings"),
	by("SF9", "a name that changes its address", files+"TestEveryConnectionChecksTheResolvedAddress"),
	by("SF10", "a name with a private address among others", files+"TestEveryConnectionChecksTheResolvedAddress"),
	by("SF12", "a proxy named by the environment", guards+"TestClientHasNoProxy"),
	by("SF13", "credentials in the URL", files+"TestURLRejectsUnsafeSpellings"),
	by("SF14", "secrets that follow a redirect", files+"TestRedirectsAreCheckedLikeTheFirstURL"),
	by("SF16", "a client's fields sent to the remote", here+"TestHeaderForARemote"),
	by("SF17", "a remote's fields sent to the client", here+"TestHeaderOfARemote"),
	by("SF18", "fields of one hop", here+"TestHeaderOfARemote"),
	by("SF20", "a remote that drips", files+"TestURLTimeoutsCoverHeaderAndBody", resumes+"TestReaderResumesAtTheNextByteOfTheWindow"),
	by("SF21", "compressed bombs", files+"TestURLNeverDecodes", files+"TestURLSizeLimitCoversHeaderAndBody"),
	by("SF22", "statuses that nobody asked for", here+"TestStatusOfARemote"),
	by("SF24", "certificates and old TLS", files+"TestTLSIsVerified", files+"TestNoRedirectFromHTTPSToHTTP"),
	by("SF25", "HTTP/2 frames without end", here+"TestGoVersion"),
	by("SF26", "line breaks in a URL", files+"TestURLRejectsUnsafeSpellings", files+"FuzzURL"),

	// Signed links.
	by("SG1", "any change of a link", serving+"TestSignedURLWithAnyByteChangedIsRejected", serving+"FuzzVerify"),
	by("SG2", "comparing in a time that shows the signature", here+"TestSignaturesAreComparedInConstantTime"),
	by("SG4", "length extension", serving+"TestVerify"),
	by("SG5", "a token that chooses its algorithm", serving+"TestVerify"),
	by("SG6", "parameters that are not signed", serving+"TestSignedURLWithAQueryIsRejected"),
	by("SG8", "a parameter twice", serving+"TestSignedURLWithAQueryIsRejected"),
	by("SG9", "empty parameters", serving+"TestSignedURLWithAQueryIsRejected"),
	by("SG10", "order and encoding of parameters", serving+"TestSignedURLWithAnyByteChangedIsRejected"),
	by("SG12", "parameters that are ignored", serving+"TestSignedURLWithAQueryIsRejected"),
	by("SG13", "an expiry that a parameter changes", serving+"TestSignedURLWithAQueryIsRejected", serving+"TestSignerRejectsInvalidOptionsAndLinks"),
	by("SG14", "no expiry", serving+"TestSignerRejectsInvalidOptionsAndLinks"),
	by("SG16", "clocks that differ", serving+"TestLinkTimes"),
	by("SG17", "other methods", serving+"TestSignedURLMethods"),
	by("SG18", "text of a URL that is changed on the way", serving+"TestEveryKeyCanBeSigned"),
	by("SG20", "a token for something else", serving+"TestVerify"),
	by("SG21", "rotation of keys", serving+"TestVerify"),
	by("SG22", "weak keys", serving+"TestSignerRejectsInvalidOptionsAndLinks"),
	by("SG24", "one use and ranges", serving+"TestLinkForOneUse"),
	by("SG25", "a cache that outlives the link", serving+"TestSignedURLOptions"),
	by("SG26", "a right that was taken away", serving+"TestSignedURLOptions"),
	by("SG28", "responses that show whether a link is invalid or its object missing", serving+"TestRejectedLinksGetTheSameResponse"),
	by("SG29", "a Host that decides where links lead", serving+"TestSignedURLIgnoresHost"),
	by("SG30", "a token that carries what users set", serving+"TestSignedURLOptions", serving+"FuzzSign"),

	// Load and life cycle.
	by("LD1", "readers that stall", serving+"TestMinRate", serving+"TestStalledClientsAreAborted", loads+"TestThousandStalledReaders"),
	by("LD2", "honest downloads that take long", serving+"TestMinRate"),
	by("LD4", "headers that drip", here+"TestServersOfExamples", here+"TestGoVersion"),
	by("LD5", "a large buffer a download", serving+"TestMemory", serving+"TestBufferGrowsForAFastClient"),
	by("LD6", "clients that leave", serving+"TestD24_DisconnectCancelsTheStorageRequest", loads+"TestTenThousandAborts"),
	by("LD8", "every connection held by slow clients", files+"TestLimiterRejectsARequestAfterItsDeadline", serving+"TestClientLimit"),
	by("LD9", "an answer that waits for itself", here+"TestOneConnectionIsEnough", files+"TestPartsAreOpenedOneAfterTheOther"),
	by("LD10", "too few idle connections", here+"TestConnectionsAreUsedAgain"),
	by("LD12", "a thousand requests for one object", files+"TestConcurrentStatsShareOneRequest"),
	by("LD13", "the first of many who leaves", files+"TestConcurrentStatsShareOneRequest"),
	by("LD14", "a shared request that fails", files+"TestFailedStatsAreNotCached"),
	by("LD16", "a panic while reading", here+"TestSourceThatPanics"),
	by("LD17", "a panic off the request's goroutine", files+"TestFailedStatsAreNotCached", files+"TestGeneratorPanicIsAnError"),
	by("LD18", "a storage that stalls", resumes+"TestReaderResumesAtTheNextByteOfTheWindow", files+"TestURLTimeoutsCoverHeaderAndBody"),
	by("LD20", "middleware that holds the answer back", here+"TestTimeoutHandler"),
	by("LD21", "a storm of retries", files+"TestRequestsAreRetriedBeforeTheFirstByte"),
	by("LD22", "a disk or a process that has run out", here+"TestFailuresOfTheDisk"),
	by("LD24", "floods of HTTP/2 streams", here+"TestGoVersion"),
	by("LD25", "text that forges log lines or labels", serving+"TestLogLinesCannotBeInjected", serving+"TestTelemetry"),
	by("LD26", "data races", here+"TestChecksRunWithTheRaceDetector"),

	// Caching and HTTP's semantics: each through nginx as well.
	by("CC1", "a cookie in a shared cache", serving+"TestAuthorizedDownloadsArePrivate", here+"TestThroughNginx"),
	by("CC2", "private files that caches keep", serving+"TestContentHeader", here+"TestThroughNginx"),
	by("CC4", "answers by what is in no cache's key", here+"TestUnkeyedFields", here+"TestThroughNginx"),
	by("CC5", "a tag with quotes and blanks", serving+"TestObjectMetadataIsNotCopied", plan+"TestValidETag", here+"TestThroughNginx"),
	by("CC6", "lists of tags without end", here+"TestLongConditions", plan+"TestMatchInALongList", here+"TestThroughNginx"),
	by("CC8", "conditions that fail", here+"TestConditionsCostNoBody", plan+"TestPreconditions", here+"TestThroughNginx"),
	by("CC9", "other methods", here+"TestMethods", here+"TestThroughNginx"),
	by("CC10", "fields that rewrite the request", here+"TestMethods", here+"TestThroughNginx"),
	by("CC12", "a GET with a body", here+"TestRequestsWithABody", here+"TestThroughNginx"),
	by("CC13", "private data in an error", here+"TestFailuresOfTheDisk", serving+"TestCausesAreLoggedAndNotSent", here+"TestThroughNginx"),

	// Offloading to a reverse proxy.
	by("XA1", "a client that picks the field", proxies+"TestOptimizersIgnoreFieldsOfTheRequest", serving+"TestRequestFieldsDoNotEnableOffloading"),
	by("XA2", "a mapping by pattern in a field", proxies+"TestOptimizersIgnoreFieldsOfTheRequest"),
	by("XA4", "a remote that steers the front server", serving+"TestEarlierFieldsAreRemoved", here+"TestHeaderOfARemote"),
	by("XA5", "a store behind the location that steers nginx", fronts+"TestStoreDoesNotSteer"),
	by("XA6", "two of the field", serving+"TestEarlierFieldsAreRemoved"),
	by("XA8", "a 416 that still hands over", serving+"TestOffload", serving+"TestProxyValidatorsUseMetadataOfALocalFile"),
	by("XA9", "security fields that nginx loses", fronts+"TestSameAnswer"),
	by("XA10", "a front server's error page saved as the file", serving+"TestOffloadOfAMissingFile", serving+"TestOnlyRegularFilesAreOffloaded",
		fronts+"TestSameAnswer"),
	by("XA12", "a question mark in a name", proxies+"TestXAccelEscapesNames", fronts+"TestOddNames"),
	by("XA13", "any other character in a name", proxies+"TestXAccelEscapesNames", proxies+"FuzzXAccelEscapesNames", fronts+"TestOddNames"),
	by("XA14", "blanks at the ends of a name", proxies+"TestXSendfileWritesPathsAsEachProxyReadsThem", fronts+"TestOddNames"),
	by("XA16", "dot segments", proxies+"TestXAccelEscapesNames", fronts+"TestOnlyRegularFilesOfTheMount"),
	by("XA17", "names that look like dot segments", proxies+"TestXAccelEscapesNames", fronts+"TestOddNames"),
	by("XA18", "a NUL in a name", proxies+"TestXAccelEscapesNames", fronts+"TestOnlyRegularFilesOfTheMount"),
	by("XA20", "a named location", proxies+"TestXAccelEscapesNames"),
	by("XA21", "a key that leads into another location", proxies+"TestXAccelEscapesNames", fronts+"TestOnlyRegularFilesOfTheMount"),
	by("XA22", "slashes where two paths join", proxies+"TestXAccelEscapesNames", proxies+"TestValidateNamesTheField"),
	by("XA24", "an alias without a slash", fronts+"TestOnlyRegularFilesOfTheMount", proxies+"TestValidateNamesTheField"),
	by("XA25", "a prefix that ends inside of a name", proxies+"TestXAccelEscapesNames", proxies+"TestValidateNamesTheField"),
	by("XA26", "a prefix in another case", proxies+"TestXAccelEscapesNames"),
	by("XA28", "a link out of the root", serving+"TestOnlyRegularFilesAreOffloaded", fronts+"TestOnlyRegularFilesOfTheMount"),
	by("XA29", "a directory", serving+"TestOnlyRegularFilesAreOffloaded", fronts+"TestOnlyRegularFilesOfTheMount"),
	by("XA30", "no front server", proxies+"TestForClientMatchesOnlyTheProxy", fronts+"TestDoctor"),
	by("XA32", "a header that is too long for a buffer", serving+"TestLongHeaderIsStreamed"),
	by("XA33", "methods that are not safe", serving+"TestOffload", serving+"TestOptimizerIsCalledForGetAndHeadOnly"),
	by("XA34", "a HEAD of a URL that is signed for GET", fronts+"TestXAccelPresigned"),
	by("XA36", "a signed path that is encoded again", fronts+"TestXAccelPresigned"),
	by("XA37", "a request split by a capture", fronts+"TestXAccelPresigned"),
	by("XA38", "a host out of the value", fronts+"TestStoreDoesNotSteer"),
	by("XA40", "a name on disk that is not the key", proxies+"TestXAccelEscapesNames", fronts+"TestOddNames"),
	by("XA41", "what a driver keeps beside an object", proxies+"TestXAccelEscapesNames", fronts+"TestOnlyRegularFilesOfTheMount"),
	by("XA42", "validators of two sides", serving+"TestOffload", serving+"TestOnlyPortableRequestsAreOffloaded", fronts+"TestSameAnswer", fronts+"TestCorpus"),
	by("XA44", "a name that each server decodes otherwise", proxies+"TestXSendfileWritesPathsAsEachProxyReadsThem", fronts+"TestOddNames"),
	by("XA45", "a path outside of what the server allows", proxies+"TestXSendfileWritesPathsAsEachProxyReadsThem", fronts+"TestOnlyRegularFilesOfTheMount"),
	by("XA46", "Accept-Ranges twice", serving+"TestOffload", fronts+"TestSameAnswer"),
	by("XA48", "hints out of metadata, or cut", proxies+"TestHintsAreSentOnlyIfSet", proxies+"TestValidateNamesTheField"),

	// Presigned redirects.
	by("PS1", "a HEAD of a URL that is signed for GET", proxies+"TestOnlyGetIsRedirected", fronts+"TestPresign"),
	by("PS2", "a redirect kept longer than its signature lives", proxies+"TestNothingIsCachedLongerThanItsSignature", serving+"TestRedirectOfTheClient", proxies+"TestValidateNamesTheField"),
	by("PS4", "content kept longer than its URL lives", proxies+"TestNothingIsCachedLongerThanItsSignature", fronts+"TestPresign"),
	by("PS5", "credentials that expire first", proxies+"TestNothingIsCachedLongerThanItsSignature"),
	by("PS6", "an expiry of nothing, or of too much", proxies+"TestValidateNamesTheField"),
	by("PS8", "a download that goes on after the URL has expired", fronts+"TestPresignExpires", proxies+"TestRequestsThatStoragesFailAreNotRedirected"),
	by("PS9", "a client that chooses the type", proxies+"TestHeaderFieldsAndVersionAreSigned", fronts+"TestPresign"),
	by("PS10", "parameters added after signing", fronts+"TestPresign", fronts+"TestPresignAzure", fronts+"TestPresignOwnLinks"),
	by("PS12", "a name in the query", proxies+"TestHeaderFieldsAndVersionAreSigned", fronts+"TestPresign"),
	by("PS13", "a plus, a blank, a tilde", fronts+"TestPresignedKeys"),
	by("PS14", "a percent sign, encoded once", fronts+"TestPresignedKeys"),
	by("PS16", "dot segments, which clients remove", proxies+"TestKeysWithDotSegmentsAreNotRedirected", fronts+"TestPresignedKeys"),
	by("PS17", "a key that the driver rewrites", fronts+"TestPresignedKeys"),
	by("PS18", "two forms of one letter", fronts+"TestPresignedKeys"),
	by("PS20", "a URL sent as the referrer", serving+"TestRedirectOfTheClient", fronts+"TestPresign"),
	by("PS21", "a redirect to anywhere", proxies+"TestOnlyAbsoluteHTTPSURLsOfAllowedHostsAreSent"),
	by("PS22", "a body that holds the URL", serving+"TestRedirectOfTheClient", fronts+"TestPresign"),
	by("PS24", "a condition that needs no redirect", proxies+"TestRequestsThatStoragesFailAreNotRedirected", fronts+"TestPresign"),
	by("PS25", "credentials that follow", proxies+"TestClientsSendNoCredentialsToTheStorage"),
	by("PS26", "other methods", proxies+"TestOnlyGetIsRedirected", fronts+"TestPresign"),
	by("PS28", "an object replaced before it is fetched", proxies+"TestHeaderFieldsAndVersionAreSigned", clouds+"TestS3Versions"),
	by("PS29", "a right that was taken away", proxies+"TestHeaderFieldsAndVersionAreSigned", proxies+"TestNothingIsCachedLongerThanItsSignature"),
	by("PS30", "wildcards in a CDN's policy", proxies+"TestCDNRedirectsToTheMount", cdns+"TestSignerSignsOneURL"),
	by("PS32", "a host out of metadata", proxies+"TestOnlyAbsoluteHTTPSURLsOfAllowedHostsAreSent"),

	// A CDN without signatures.
	by("PB1", "a private file at a public URL", proxies+"TestPublicFilesNeedAPublicPolicy", proxies+"TestPublicFilesStreamPrivateDownloads", fronts+"TestPublicFiles"),
	by("PB2", "URLs that became public by a field that was left out", proxies+"TestPublicFilesAreValidated"),
	because("PB3", "a permission check that the optimizer does not see, in the lookup of ObjectView",
		"the view must also set a public cache policy, and the comment of PublicFiles names AuthorizedObjectView"),
	by("PB4", "a key that becomes another path, query or host of the CDN", proxies+"TestPublicFilesEscapeKeys", fronts+"TestPublicFiles"),
	by("PB5", "an old version whose URL serves the current one", proxies+"TestPublicFilesNeedAPublicPolicy"),

	// Grants.
	by("GR1", "a prefix that covers its neighbour: course/7 and course/70", serving+"TestGrantCoversWholeSegments", serving+"TestGrantValidatesItsPrefix"),
	by("GR2", "dot segments and escapes that lead out of the prefix", serving+"TestGrantCoversWholeSegments"),
	by("GR4", "a grant of one storage used for another", serving+"TestGrantNamesOneStorage"),
	by("GR5", "replay after the expiry, or of a token for another purpose, site or kind", serving+"TestInvalidGrantsGetTheSameResponse", serving+"TestGrantIsNotALink"),
	by("GR6", "truncated, changed and overlong tokens", serving+"TestInvalidGrantsGetTheSameResponse"),
	by("GR8", "a response or a time that shows why a grant is invalid", serving+"TestInvalidGrantsGetTheSameResponse", here+"TestSignaturesAreComparedInConstantTime"),
	by("GR9", "a cookie that another host of the site has set, or thousands of them", serving+"TestTossedCookieHidesNoGrant"),
	by("GR10", "a grant that another client replays", serving+"TestGrantForOneClient"),
	by("GR12", "a token in the log", serving+"TestGrantsStayOutOfLogs"),
	by("GR13", "a grant that becomes wider at a CDN", cdns+"TestGrantCookiesAreNotWiderThanTheGrant", proxies+"TestCloudCDNRejectsGrants"),
	by("GR14", "wildcards and neighbours in CloudFront's policy", cdns+"TestGrantCookiesAreValidBelowThePrefix", cdns+"TestGrantCookiesAreNotWiderThanTheGrant"),
	by("GR16", "a signed prefix of Cloud CDN that its neighbour begins with", proxies+"TestCloudCDNSignsThePrefixOfAGrant"),
	by("GR17", "a shared cache that serves what a cookie granted, or outlives the grant", serving+"TestTossedCookieHidesNoGrant", serving+"TestGrantMethodsAndExpiry"),
	by("GR18", "a permission that is decided by the record, and a public response", serving+"TestH4AuthorizedObjectViewIsPrivate"),

	// Allowances.
	by("AL1", "a race of many requests for the last download", counters+"TestSpentLinkClaimsNothing",
		counters+"TestPersistentClientsGetAllDownloads", serving+"TestParallelDownloadsOfAnAllowance", allowed+"TestAllowanceOfThree"),
	by("AL2", "a failed download that costs one", counters+"TestUnsentPartIsTakenBack", counters+"TestDownloadIsOneDeliveryOfEveryByte"),
	by("AL4", "ranges of several clients that make up a copy which is not counted", counters+"TestRandomRequestsGetNoMoreThanTheLimit"),
	by("AL5", "bytes that a proxy or a cloud sends, and that are not counted", serving+"TestAllowanceIsNotOffloaded"),
	by("AL6", "an account that is down", serving+"TestAllowanceWithoutAnAccountIsA503", allowed+"TestAllowanceWithoutDatabase"),
	by("AL8", "a server that is killed between sending and accounting", allowed+"TestAllowanceOfAKilledServer"),
	by("AL9", "an update that another process overwrites", accounts+"TestUpdatesAreAtomic", accounts+"TestUseIsTrueOnce"),
	by("AL10", "thousands of ranges that make the account grow", counters+"TestManyPartsAreBounded"),
	by("AL12", "a prefetch, a probe or a link scanner that spends", serving+"TestAllowanceCountsDownloads", serving+"TestAllowanceHeadCostsNothing"),
	by("AL13", "clients that hold the last download for ever", serving+"TestAllowanceInFlightOfAnotherClient", counters+"TestLeasesAreAsManyAsDownloadsAreLeft"),
	by("AL14", "versions of the content that alternate, each with an account of its own", counters+"TestReplacedContentKeepsTheCount"),

	// Archives.
	by("ZP1", "names that lead out of the directory that an archive is unpacked to", archives+"TestNamesAreSafe"),
	by("ZP2", "backslashes, which are separators elsewhere", archives+"TestNamesAreSafe"),
	by("ZP4", "names that no system, or not every system, can hold or show", archives+"TestNamesAreSafe"),
	by("ZP5", "a name too long for the format, found when part is sent", archives+"TestNamesAreSafe"),
	because("ZP6", "a file in an archive that its reader may not see",
		"permission checks of entries are the application's, as the comment of Member states"),
	by("ZP8", "a file that is replaced while it is packed", archives+"TestReplacedMemberFailsTheDownload"),
	by("ZP9", "archives beyond 4 GiB or 65,535 files", archives+"TestRandomWindowsOfALargeZipAreSlices", archives+"TestLengthOfManyMembersIsExact"),
	by("ZP10", "archives that hold memory, or a client that takes for ever", archives+"TestASlowClientHoldsFewMembers", loads+"TestThousandStalledReaders"),

	// Static sites.
	by("ST1", "one page at many paths, or one path with a page that changes", sites+"TestPathsOfPages", sites+"FuzzPathSelectsOneKey", fronts+"TestSiteThroughProxies"),
	by("ST2", "a redirect to another host: //evil, backslashes, a scheme, a query", sites+"TestRedirectsStayBelowTheMount", sites+"FuzzPathSelectsOneKey"),
	by("ST3", "paths out of the prefix: dot segments, encoded slashes, NUL, overlong", sites+"TestHostilePathsCostNothing", sites+"FuzzPathSelectsOneKey"),
	by("ST4", "hidden files of a deployment: .env, .git", sites+"TestHostilePathsCostNothing"),
	by("ST5", "a page or an error that caches keep for a year", sites+"TestResponses", sites+"TestFieldsOfTheSite"),
	by("ST6", "a page in place of a missing script", sites+"TestFallbackIsForNavigations", sites+"TestFallbackAndErrorDoNotReplaceEachOther"),
	by("ST7", "a 404 page that fills the memory", sites+"TestPagesThatCannotBeUsed"),
	by("ST8", "a compressed variant for a client that does not accept it", sites+"TestResponses"),
	by("ST9", "many storage requests for one page", sites+"TestResponses", sites+"TestHostilePathsCostNothing", clouds+"TestSiteCost"),
	by("ST10", "many listings at once, or a listing for each request", sites+"TestConcurrentRequestsShareOneListing", sites+"TestListIsRefreshedByAge",
		sites+"TestFailedListing"),
	by("ST11", "the cause of a failed listing in a response", sites+"TestFailedListing"),
	by("ST12", "a bucket of millions of keys", sites+"TestTooManyKeys"),
	because("ST13", "a script of a user on the origin of the site", "a site holds trusted content, as its package comment states; files of users are "+
		"attachments in every other view"),

	// Rates.
	by("RT1", "many connections, to get the rate many times", serving+"TestRateOfStreamedDownloads", fronts+"TestRatePerClientThroughNginx"),
	by("RT2", "many short downloads, each with a full bucket", serving+"TestRateOfManyShortDownloads"),
	by("RT3", "a redirect that goes around the rate", serving+"TestRateOfOffloadedDownloads"),
	by("RT4", "a proxy that ignores the rate", serving+"TestRateOfOffloadedDownloads", proxies+"TestNoLimitRateOfAProxy"),
	by("RT5", "a million addresses that fill the memory", serving+"TestRateForgetsIdleClients"),
	by("RT6", "a kind of body without the rate: sendfile, ranges, archives, generated content", serving+"TestRateOfEveryKindOfBody"),
	by("RT7", "waiting downloads that outlive their clients or a shutdown", serving+"TestRateEndsWithTheDownload"),
	because("RT8", "a client that forges the address of another, or changes its own",
		"the address is the connection's; behind a proxy, and for clients with many addresses, RateLimit.Client returns the user"),

	// Content that moves between storages.
	by("MV1", "a range of one storage continued from another", files+"TestFirstOfNeverMixesStorages", files+"TestFirstOfTagsNameTheStorage"),
	by("MV2", "one entity-tag, or one date, for two contents", files+"TestFirstOfTagsNameTheStorage"),
	by("MV3", "old content, because the new storage is down or forbids", files+"TestFirstOfFailsWithItsStorage"),
	by("MV4", "a remembered absence that hides an object", files+"TestFirstOfFollowsAnObjectThatMoves"),
	by("MV5", "an optimizer that refers to the storage that lacks the object", files+"TestFirstOfResolvesToTheFileThatExists", fronts+"TestMovingFromDiskToS3"),
	by("MV6", "old content after a write", files+"TestFirstOfFollowsAnObjectThatMoves"),
	because("MV7", "absent keys that fill the memory", "at most 100,000 absences are remembered, by an InfoCache"),
	because("MV8", "an object that was deleted from the new storage and is served from the old one",
		"a deletion concerns all storages, as docs/moving-storage.md states"),

	// Versions.
	by("VN1", "the version of another object, whose key begins alike", stores+"s3.TestAsOf", stores+"gcs.TestAsOf", stores+"azure.TestAsOf"),
	by("VN2", "content that was deleted at that time", stores+"s3.TestAsOf", stores+"gcs.TestAsOf", clouds+"TestS3AsOf"),
	by("VN3", "the current version in place of one that is missing", files+"TestI9AVersionThatDoesNotExistIsAnError", stores+"azure.TestAsOfThroughTheSDKIsUnsupported"),
	by("VN4", "a response that is immutable and is not of one version", clouds+"TestS3AsOf", serving+"TestOfVersionIsImmutableForAVersionOnly"),
	by("VN5", "a version cached as the current one", files+"TestI9ANamedVersionIsNotCachedAsTheCurrentOne"),
	by("VN7", "slices of two versions in a proxy's cache", fronts+"TestSlicesAreOfOneVersion"),
	by("VN8", "clients that seek, and make a proxy fetch an object many times", fronts+"TestSlices"),
	because("VN6", "a client that reads a version which it may not see",
		"the version comes from the view, whose permission check concerns versions too, as for every key"),

	// Logs of deliveries.
	by("LG1", "an id with line breaks, quotes or thousands of bytes", ids+"TestValid", serving+"TestRequestID", logs+"TestNginxHostileValues"),
	by("LG2", "the id of another request, forged by a client, or two ids", fronts+"TestLinesOfNginx", commands+"TestRequestIDsSetting",
		ids+"TestOfQuery", logs+"TestS3RequestIDs", logs+"TestCloudFrontRequestIDs"),
	by("LG3", "quotes in a Referer or User-Agent, which S3 does not escape", logs+"TestS3ReadsNothingThatAClientChooses", logs+"FuzzS3"),
	by("LG4", "a request whose line is hostile, so that its download is not counted", fronts+"TestLinesOfNginx", logs+"TestNginxSkipsOtherLines"),
	by("LG5", "control and direction characters of a path on the operator's terminal", commands+"TestDeliveries", logs+"TestNginxHostileValues"),
	by("LG6", "a truncated line whose number is read as another one", logs+"TestNginxSkipsOtherLines", logs+"TestS3SkipsOtherLines",
		logs+"TestCloudFrontSkipsOtherLines"),
	by("LG7", "an id in a URL that its client changes", clouds+"TestS3SignsRequestIDs", proxies+"TestPresignSignsRequestIDs", proxies+"TestCDNSignsRequestIDs"),
	by("LG8", "an endless line that fills the memory", logs+"TestOverlongLineIsNotHeld", logs+"TestOverlongLinesAreSkipped"),
	by("LG9", "an interrupted or truncated download that is billed as a complete one", fronts+"TestDeliveriesThroughNginx", fronts+"TestLinesOfNginx"),
	by("LG10", "a signature of a query in a record", logs+"TestS3Record"),
}

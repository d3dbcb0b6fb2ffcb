package threats_test

// row is one known way to break a download server, and what shows that this one does not break.
type row struct {
	id     string
	threat string
	tests  []string // each a directory of the repository, a dot, and the name of a test in it
	why    string   // when there is no test: why it cannot apply
}

func by(id, threat string, tests ...string) row { return row{id: id, threat: threat, tests: tests} }

func because(id, threat, why string) row { return row{id: id, threat: threat, why: why} }

// Directories of tests.
const (
	here    = "internal/threats."
	plan    = "internal/plan."
	names   = "internal/disposition."
	types   = "internal/mediatype."
	files   = "wrapper."
	serving = "blobdownload."
	stores  = "internal/e2e."
	loads   = "internal/e2e/load."
)

// families are the ids that the table has to have, by family: gaps are part of the numbering.
var families = map[string][]int{
	"RG": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28, 29},
	"TR": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28, 29, 30, 32, 33, 34, 36},
	"CD": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28, 29, 30},
	"PT": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28},
	"SF": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26},
	"SG": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28, 29, 30},
	"LD": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26},
	"CC": {1, 2, 4, 5, 6, 8, 9, 10, 12, 13},
}

const gcsTranscoding = "objects are read as they are stored (ReadCompressed, Accept-Encoding: identity), so that no store decodes on the way"

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
	by("RG16", "a range held in memory", stores+"TestGigabyteAddsNoMemory", serving+"TestMemory"),
	by("RG17", "a small range that reads a large object", stores+"TestCostOfS3", files+"TestURLPassesRangesAndConditionsOn", files+"TestFetchCostsAndWindows"),
	by("RG18", "a boundary that is in the content", here+"TestBoundaryIsNotInTheContent"),
	by("RG20", "If-Range by a tag that is weak, other, or none", here+"TestConditionsAndRanges", plan+"TestIfRange"),
	by("RG21", "If-Range by a date that is not strong yet", here+"TestConditionsAndRanges", plan+"TestIfRange"),
	by("RG22", "If-Range after the object was replaced", here+"TestRangeOfAnObjectThatWasReplaced"),
	by("RG24", "a range that outranks If-None-Match", here+"TestConditionsAndRanges", plan+"TestConformance"),
	by("RG25", "other validators on 206 and 304 than on 200", here+"TestConditionsAndRanges"),
	by("RG26", "ranges of bytes that are encoded on the way", here+"TestStoredEncoding", files+"TestURLNeverDecodes"),
	by("RG28", "a storage that answers with another window", files+"TestURLAgainstServersThatErr"),
	by("RG29", "an object that shrank before the range was opened", here+"TestRangeOfAnObjectThatWasReplaced"),

	// Torn reads, truncation, integrity.
	by("TR1", "two versions spliced by seeking", files+"TestReaderReadsOneVersionOnly"),
	by("TR2", "a reopening that is not pinned", files+"TestABodyIsNeverAMixtureOfTwoVersions"),
	by("TR4", "new bytes under the old headers", files+"TestBlobOverwrittenBetweenPartsIsRefused", files+"TestFetchRefusesAPartOfAnotherVersion"),
	by("TR5", "a retry that reads another version", here+"TestCutAtEveryBoundary", files+"TestABodyIsNeverAMixtureOfTwoVersions"),
	by("TR6", "parallel parts of two versions", files+"TestReadAheadSurvivesCutsAndIsPinned"),
	by("TR8", "a store that has neither tags nor versions", files+"TestContentWithoutAStrongTagIsNotTakenUpAgain", files+"TestFetchRefusesAPartOfAnotherVersion"),
	by("TR9", "a storage that breaks off, the length known", serving+"TestAShortBodyIsSeen"),
	by("TR10", "a storage that breaks off, the length unknown", serving+"TestAShortBodyIsSeen"),
	by("TR12", "a break that a client of HTTP/1.0 cannot see", serving+"TestAShortBodyIsSeenOverHTTP10"),
	by("TR13", "an encoded body whose cut nobody sees", here+"TestStoredEncoding"),
	by("TR14", "a storage that tells no length", files+"TestURLOfUnknownLength", serving+"TestD18_UnknownSizeIsNotZero"),
	because("TR16", "a store that decodes while it sends", gcsTranscoding),
	because("TR17", "ranges of what a store decodes", gcsTranscoding),
	because("TR18", "a retry inside of what a store decodes", gcsTranscoding),
	by("TR20", "a remote's error page sent as the file", here+"TestStatusOfARemote", serving+"TestD17_RemoteFailures"),
	by("TR21", "a status promised before the open", here+"TestNothingIsPromisedBeforeTheFirstByte"),
	by("TR22", "a length in characters", serving+"TestD19_LengthsAreInBytes"),
	by("TR24", "a file that is truncated while it is sent", stores+"TestTruncatedFileNeverEndsCleanly", serving+"TestLocalFileThatIsCutOffUnderTheKernel"),
	by("TR25", "a file that is rewritten in place", stores+"TestRewrittenFileNeverEndsCleanly", files+"TestFSFileChangedUnderTheReader"),
	by("TR26", "two writes within a second under one tag", here+"TestTagsOfQuickWrites"),
	by("TR28", "a reset in the middle", files+"TestBodiesThatAreCutAreTakenUpAgain", files+"TestResumesWithoutProgressAreBounded"),
	by("TR29", "a resumption that is off by one", here+"TestCutAtEveryBoundary"),
	by("TR30", "a digest of the whole on a part", here+"TestHeaderOfARemote"),
	by("TR32", "slices of an nginx cache", here+"TestSlicesOfACache"),
	by("TR33", "an abort in HTTP/2 that ends other streams", serving+"TestOtherStreamsGoOn"),
	by("TR34", "a compressing proxy that hides an abort", here+"TestAbortThroughNginx"),
	by("TR36", "a HEAD that tells other than GET", serving+"TestHeadEqualsGet", stores+"TestAnswers"),

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
	by("CD21", "metadata of an uploader", serving+"TestMetadataOfAnObjectIsInput"),
	by("CD22", "content that is not of its type", serving+"TestSafeFieldsOnEveryStatus", serving+"TestSniff"),
	by("CD24", "what is shown runs in the site", serving+"TestPolicyOfWhatIsShown", serving+"TestSandbox"),
	by("CD25", "a policy that breaks PDF viewers", serving+"TestPolicyOfWhatIsShown"),
	by("CD26", "a policy by the spelling of a path", here+"TestRequestDoesNotDecideOnSafety"),
	by("CD28", "another site that embeds private content", serving+"TestSafeFieldsOnEveryStatus"),
	by("CD29", "a type with a line break", types+"FuzzType", types+"TestClean"),
	by("CD30", "a name that says other than the type", here+"TestNameAndTypeThatDisagree"),

	// Paths and the file system.
	by("PT1", "dots, plain and encoded", serving+"TestPathViewStaysInItsRoot"),
	by("PT2", "backslashes", serving+"TestPathViewStaysInItsRoot", serving+"TestNamesForeignToWindows"),
	by("PT4", "Windows' devices and streams", serving+"TestNamesForeignToWindows"),
	by("PT5", "links that lead out", serving+"TestPathViewStaysInItsRoot", serving+"TestNothingLeadsOutOfADirectory"),
	by("PT6", "a link and a slash at the end", serving+"TestPathViewStaysInItsRoot", here+"TestGoVersion"),
	because("PT8", "a listing that looks outside", "nothing here lists a directory for a client; Storage.Check reads one name and looks at nothing"),
	by("PT9", "an absolute link that stays inside", serving+"TestPathViewStaysInItsRoot"),
	by("PT10", "a link swapped between look and open", here+"TestSwappedLink"),
	by("PT12", "devices, sockets, directories, pipes", serving+"TestPathViewStaysInItsRoot", serving+"TestPathViewDoesNotWaitForAPipe"),
	by("PT13", "files that say they are empty and are not", here+"TestFilesOfTheKernel"),
	by("PT14", "a NUL", here+"TestKeysAreLiteral", serving+"TestPathViewStaysInItsRoot"),
	by("PT16", "names that are not in canonical form", here+"TestKeysAreLiteral", serving+"TestKeys"),
	because("PT17", "a disk that does not tell upper from lower case",
		"which name is the file's own only the application's record of it can say; Paths.View documents that permissions are to be decided by that"),
	by("PT18", "hidden files", serving+"TestHiddenFiles"),
	by("PT20", "characters of patterns", here+"TestKeysAreLiteral"),
	by("PT21", "a second decoding", serving+"TestPathViewStaysInItsRoot"),
	by("PT22", "a check of other text than is opened", here+"TestKeysAreLiteral"),
	by("PT24", "paths in the text of an error", here+"TestFailuresOfTheDisk", serving+"TestCausesAreLoggedAndNotTold"),
	by("PT25", "a key that leads into another bucket", here+"TestKeysAreLiteral", serving+"TestNothingLeadsOutOfADirectory"),
	by("PT26", "a key of a client's making", here+"TestKeysAreLiteral", serving+"FuzzKey"),
	by("PT28", "a key that is not UTF-8", here+"TestKeysAreLiteral", serving+"TestKeys"),

	// Remote files.
	by("SF1", "other schemes", files+"TestURLPolicy", files+"TestRedirects"),
	by("SF2", "odd spellings of an IPv4 address", files+"TestURLPolicy", files+"TestControl"),
	by("SF4", "IPv4 inside of IPv6", files+"TestControl"),
	by("SF5", "zones", files+"TestControl", files+"TestURLPolicy"),
	by("SF6", "metadata services", files+"TestControl"),
	by("SF8", "internationalised names", files+"TestURLPolicy"),
	by("SF9", "a name that changes its address", files+"TestNamesAreJudgedByTheirAddresses"),
	by("SF10", "a name with a private address among others", files+"TestNamesAreJudgedByTheirAddresses"),
	by("SF12", "a proxy named by the environment", files+"TestClientHasNoProxy"),
	by("SF13", "credentials in the URL", files+"TestURLPolicy"),
	by("SF14", "secrets that follow a redirect", files+"TestRedirects"),
	by("SF16", "a client's fields sent to the remote", here+"TestHeaderForARemote"),
	by("SF17", "a remote's fields sent to the client", here+"TestHeaderOfARemote"),
	by("SF18", "fields of one hop", here+"TestHeaderOfARemote"),
	by("SF20", "a remote that drips", files+"TestURLTimeLimits", files+"TestAStalledBodyCountsAsCut"),
	by("SF21", "compressed bombs", files+"TestURLNeverDecodes", files+"TestURLSizeLimit"),
	by("SF22", "statuses that nobody asked for", here+"TestStatusOfARemote"),
	by("SF24", "certificates and old TLS", files+"TestTLSIsVerified", files+"TestNoRedirectFromHTTPSToHTTP"),
	by("SF25", "HTTP/2 frames without end", here+"TestGoVersion"),
	by("SF26", "line breaks in a URL", files+"TestURLPolicy", files+"FuzzURL"),

	// Signed links.
	by("SG1", "any change of a link", serving+"TestSignedURLWithAnyByteChangedIsRefused", serving+"FuzzVerify"),
	by("SG2", "comparing in a time that tells", here+"TestSignaturesAreComparedInConstantTime"),
	by("SG4", "length extension", serving+"TestVerify"),
	by("SG5", "a token that chooses its algorithm", serving+"TestVerify"),
	by("SG6", "parameters that are not signed", serving+"TestSignedURLTakesNoQuery"),
	by("SG8", "a parameter twice", serving+"TestSignedURLTakesNoQuery"),
	by("SG9", "empty parameters", serving+"TestSignedURLTakesNoQuery"),
	by("SG10", "order and encoding of parameters", serving+"TestSignedURLWithAnyByteChangedIsRefused"),
	by("SG12", "parameters that are ignored", serving+"TestSignedURLTakesNoQuery"),
	by("SG13", "an expiry that a parameter changes", serving+"TestSignedURLTakesNoQuery", serving+"TestSignerRefuses"),
	by("SG14", "no expiry", serving+"TestSignerRefuses"),
	by("SG16", "clocks that differ", serving+"TestLinkTimes"),
	by("SG17", "other methods", serving+"TestSignedURLMethods"),
	by("SG18", "text of a URL that is changed on the way", serving+"TestEveryKeyCanBeSigned"),
	by("SG20", "a token for something else", serving+"TestVerify"),
	by("SG21", "rotation of keys", serving+"TestVerify"),
	by("SG22", "weak keys", serving+"TestSignerRefuses"),
	by("SG24", "one use and ranges", serving+"TestLinkForOneUse"),
	by("SG25", "a cache that outlives the link", serving+"TestSignedURLOptions"),
	by("SG26", "a right that was taken away", serving+"TestSignedURLOptions"),
	by("SG28", "answers that tell bad from missing", serving+"TestRefusalsAreAlike"),
	by("SG29", "a Host that decides where links lead", serving+"TestSignedURLIgnoresHost"),
	by("SG30", "a token that carries what users set", serving+"TestSignedURLOptions", serving+"FuzzSign"),

	// Load and life cycle.
	by("LD1", "readers that stall", serving+"TestMinRate", serving+"TestStalledReadersAreCut", loads+"TestThousandStalledReaders"),
	by("LD2", "honest downloads that take long", serving+"TestMinRate"),
	by("LD4", "headers that drip", here+"TestServersOfExamples", here+"TestGoVersion"),
	by("LD5", "a large buffer a download", serving+"TestMemory", serving+"TestTheBufferGrowsForAFastClientOnly"),
	by("LD6", "clients that leave", serving+"TestD24_ClientThatLeaves", loads+"TestTenThousandAborts"),
	by("LD8", "every connection held by slow clients", files+"TestLimiter", serving+"TestClientLimit"),
	by("LD9", "an answer that waits for itself", here+"TestOneConnectionIsEnough", files+"TestFetchSeveralRangesOneAfterTheOther"),
	by("LD10", "too few idle connections", here+"TestConnectionsAreUsedAgain"),
	by("LD12", "a thousand requests for one object", files+"TestConcurrentDescriptionsAreOneRequest"),
	by("LD13", "the first of many who leaves", files+"TestConcurrentDescriptionsAreOneRequest"),
	by("LD14", "a shared request that fails", files+"TestFailedDescriptionsAreNotRemembered"),
	by("LD16", "a panic while reading", here+"TestSourceThatPanics"),
	by("LD17", "a panic off the request's goroutine", files+"TestFailedDescriptionsAreNotRemembered", files+"TestGeneratorPanicIsAnError"),
	by("LD18", "a storage that stalls", files+"TestAStalledBodyCountsAsCut", files+"TestURLTimeLimits"),
	by("LD20", "middleware that holds the answer back", here+"TestTimeoutHandler"),
	by("LD21", "a storm of retries", files+"TestRequestsAreRepeatedBeforeTheFirstByte"),
	by("LD22", "a disk or a process that has run out", here+"TestFailuresOfTheDisk"),
	by("LD24", "floods of HTTP/2 streams", here+"TestGoVersion"),
	by("LD25", "text that forges log lines or labels", serving+"TestLogsAreNotInjected", serving+"TestTelemetry"),
	by("LD26", "data races", here+"TestChecksRunWithTheRaceDetector"),

	// Caching and HTTP's semantics: each through nginx as well.
	by("CC1", "a cookie in a shared cache", serving+"TestPersonalAnswersAreNotShared", here+"TestThroughNginx"),
	by("CC2", "private files that caches keep", serving+"TestHeadersOfContent", here+"TestThroughNginx"),
	by("CC4", "answers by what is in no cache's key", here+"TestUnkeyedFields", here+"TestThroughNginx"),
	by("CC5", "a tag with quotes and blanks", serving+"TestMetadataOfAnObjectIsInput", plan+"TestValidETag", here+"TestThroughNginx"),
	by("CC6", "lists of tags without end", here+"TestLongConditions", plan+"TestMatchInALongList", here+"TestThroughNginx"),
	by("CC8", "conditions that fail", here+"TestConditionsCostNoBody", plan+"TestPreconditions", here+"TestThroughNginx"),
	by("CC9", "other methods", here+"TestMethods", here+"TestThroughNginx"),
	by("CC10", "fields that rewrite the request", here+"TestMethods", here+"TestThroughNginx"),
	by("CC12", "a GET with a body", here+"TestRequestsWithABody", here+"TestThroughNginx"),
	by("CC13", "private data in an error", here+"TestFailuresOfTheDisk", serving+"TestCausesAreLoggedAndNotTold", here+"TestThroughNginx"),
}

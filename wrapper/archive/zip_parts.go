package archive

// The parts of a zip archive (APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16): lengths without their variable fields, in
// bytes.
const (
	localSize      = 30
	descriptorSize = 16
	centralSize    = 46
	end64Size      = 56
	locatorSize    = 20
	endSize        = 22
)

// The signatures of the parts.
const (
	localMark      = "PK\x03\x04"
	descriptorMark = "PK\x07\x08"
	centralMark    = "PK\x01\x02"
	end64Mark      = "PK\x06\x06"
	locatorMark    = "PK\x06\x07"
	endMark        = "PK\x05\x06"
)

const (
	max16 = 1<<16 - 1 // a field of this value is in the record of Zip64 instead
	max32 = 1<<32 - 1
)

// Versions of the features that reading needs (section 4.4.3).
const (
	zipVersion   = 20
	zip64Version = 45
)

// Flags of a file (section 4.4.4).
const (
	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3 // CRC-32 and lengths are in a descriptor after the content
	flagStrong     = 1 << 6 // strong encryption
	flagUTF8       = 1 << 11
	flagMasked     = 1 << 13 // the local header is encrypted
)

// Compression methods (section 4.4.5).
const (
	methodStored  = 0
	methodDeflate = 8
)

// Extra fields of a header (section 4.5, and Info-ZIP's list).
const (
	extraZip64 = 0x0001
	extraNTFS  = 0x000a
	extraUnix  = 0x5455
)

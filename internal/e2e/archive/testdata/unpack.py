"""Reads an archive and prints size, CRC-32 and name of each entry. Archives are read as streams where that is possible."""

import sys
import tarfile
import zipfile
import zlib


def entries(path):
    if path.endswith(".zip"):
        with zipfile.ZipFile(path) as z:
            for info in z.infolist():
                yield info.filename, z.open(info)
    else:
        with open(path, "rb") as f, tarfile.open(fileobj=f, mode="r|") as t:
            for info in t:
                yield info.name, t.extractfile(info)


for name, f in entries(sys.argv[1]):
    crc = size = 0
    while block := f.read(1 << 20):
        crc = zlib.crc32(block, crc)
        size += len(block)
    sys.stdout.buffer.write(f"{size} {crc:08x} {name}\n".encode())

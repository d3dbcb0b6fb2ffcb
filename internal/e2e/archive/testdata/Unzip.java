import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Reads a zip archive as a stream, without its directory, and prints size, CRC-32 and name of each entry. */
class Unzip {
    public static void main(String[] args) throws Exception {
        try (InputStream file = new BufferedInputStream(new FileInputStream(args[0]), 1 << 20);
                ZipInputStream zip = new ZipInputStream(file, StandardCharsets.UTF_8)) {
            byte[] block = new byte[1 << 16];
            StringBuilder out = new StringBuilder();
            for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
                CRC32 sum = new CRC32();
                long size = 0;
                for (int n = zip.read(block); n >= 0; n = zip.read(block)) {
                    sum.update(block, 0, n);
                    size += n;
                }
                out.append(String.format("%d %08x %s%n", size, sum.getValue(), e.getName()));
            }
            System.out.write(out.toString().getBytes(StandardCharsets.UTF_8));
            System.out.flush();
        }
    }
}

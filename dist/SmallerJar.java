import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.DebugElementsOption;
import java.lang.classfile.ClassFile.LineNumbersOption;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collections;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Copies a jar without what only a debugger needs: names of local variables, and in other
/// projects' classes line numbers. dist/bundle.sh runs this.
///
///     java SmallerJar.java FROM TO TIME [BASE]
///
/// With BASE, a jar beside TO, omits the files that BASE has as well, and lets TO name it in its
/// manifest. The JVM then adds BASE to the class path. Equal files give equal jars.
class SmallerJar {
  private static final ClassFile OWN = ClassFile.of(DebugElementsOption.DROP_DEBUG);
  private static final ClassFile OTHERS =
      ClassFile.of(DebugElementsOption.DROP_DEBUG, LineNumbersOption.DROP_LINE_NUMBERS);

  /// Copies each instruction. Without this, methods are copied as they are.
  private static final ClassTransform CODE =
      ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL);

  public static void main(String... args) throws IOException {
    Instant time = Instant.parse(args[2]);
    Path base = args.length > 3 ? Path.of(args[3]) : null;
    try (ZipFile from = new ZipFile(args[0]);
        ZipFile omitted = base == null ? null : new ZipFile(base.toFile());
        OutputStream file = new BufferedOutputStream(Files.newOutputStream(Path.of(args[1])));
        ZipOutputStream to = new ZipOutputStream(file)) {
      to.setLevel(9);
      for (ZipEntry entry : Collections.list(from.entries())) {
        byte[] content = smaller(entry.getName(), contentOf(from, entry), base);
        if (!entry.isDirectory() && !has(omitted, entry, content)) {
          ZipEntry copy = new ZipEntry(entry.getName());
          copy.setTimeLocal(time.atOffset(ZoneOffset.UTC).toLocalDateTime());
          to.putNextEntry(copy);
          to.write(content);
          to.closeEntry();
        }
      }
    }
  }

  private static byte[] smaller(String name, byte[] content, Path base) throws IOException {
    if (name.endsWith(".class")) {
      ClassFile format = name.startsWith("dev/sexton/") ? OWN : OTHERS;
      return format.transformClass(format.parse(content), CODE);
    }
    return base != null && name.equals(JarFile.MANIFEST_NAME)
        ? withClassPath(content, base.getFileName().toString())
        : content;
  }

  private static byte[] withClassPath(byte[] content, String jar) throws IOException {
    Manifest manifest = new Manifest(new ByteArrayInputStream(content));
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, jar);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    manifest.write(bytes);
    return bytes.toByteArray();
  }

  private static boolean has(ZipFile jar, ZipEntry entry, byte[] content) throws IOException {
    ZipEntry same = jar == null ? null : jar.getEntry(entry.getName());
    return same != null && Arrays.equals(contentOf(jar, same), content);
  }

  private static byte[] contentOf(ZipFile jar, ZipEntry entry) throws IOException {
    try (var input = jar.getInputStream(entry)) {
      return input.readAllBytes();
    }
  }
}

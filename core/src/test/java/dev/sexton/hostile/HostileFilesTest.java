package dev.sexton.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.SweepReport;
import dev.sexton.SweepReport.Problem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Files that claim to be records and cannot be read.
///
/// Whatever they are, the dead instance beside them is swept and the live one is left alone. The
/// files are reported, they are set aside once they have settled, and none of their content is
/// lost.
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileFilesTest extends DeadInstancesTestBase {
  private static final String ID = "0b0e4c6e-6d8e-4c53-9d0b-3f0a7a1c2d11";
  private static final String OTHER = "ffffffff-6d8e-4c53-9d0b-3f0a7a1c2d11";
  private static final long MEMORY_LIMIT = 64L << 20;

  interface Writer {
    void write(Path file) throws Exception;
  }

  record Case(String name, String fileName, Writer writer, String problem) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case bytes(String name, byte[] content, String problem) {
    return new Case(name, ID + ".json", file -> Files.write(file, content), problem);
  }

  private static Case text(String name, String content, String problem) {
    return bytes(name, content.getBytes(StandardCharsets.UTF_8), problem);
  }

  private static Case encoded(String name, String charset, String problem) {
    return bytes(name, record(ID).getBytes(Charset.forName(charset)), problem);
  }

  private static Case special(String name, Writer writer, String problem) {
    return new Case(name, ID + ".json", writer, " cannot be read: " + problem);
  }

  private static Case id(String name, String id) {
    return text(name, record(id), MISNAMED);
  }

  private static final String MISNAMED = ": key \"instance_id\" is not the UUID in the file's name";
  private static final String NOT_JSON = " is not valid JSON: ";

  private static String record(String id) {
    return "{\"instance_id\": \""
        + id
        + "\", \"pid\": 4194304, \"started_at\": \"2026-01-01T00:00:00\", \"python_processes\": {}}";
  }

  private static String json(String members) {
    return "{\"instance_id\": \"" + ID + "\", " + members + "}";
  }

  private static String pid(String value) {
    return json("\"pid\": " + value + ", \"started_at\": \"t\", \"python_processes\": {}");
  }

  private static Case pid(String name, String value) {
    return text("pid " + name, pid(value), ": key \"pid\" is " + value + ", which is not a PID");
  }

  private static Case processes(String value) {
    return text(
        "python_processes " + value,
        json("\"pid\": 1, \"started_at\": \"t\", \"python_processes\": " + value),
        ": key \"python_processes\" is not an object of names and PIDs");
  }

  static Stream<Case> cases() {
    String whole = record(ID);
    List<Case> cases =
        new ArrayList<>(
            List.of(
                text("empty", "", NOT_JSON + "End of input at line 1 column 1 path $"),
                text("blank", " \n\t ", NOT_JSON + "End of input at line 2 column 3 path $"),
                text(
                    "cut off",
                    whole.substring(0, whole.length() - 4),
                    NOT_JSON + "End of input at line 1 column 129 path $.python_processes"),
                text(
                    "cut off in a string",
                    "{\"instance_id\": \"0b0e",
                    NOT_JSON + "Unterminated string"),
                bytes("one NUL", new byte[1], NOT_JSON + "unexpected character at line"),
                bytes("a page of NULs", new byte[4096], NOT_JSON + "unexpected character at line"),
                text("NULs behind", whole + "\0\0\0", NOT_JSON + "unexpected character at line"),
                text(
                    "NUL within",
                    whole.replace("-4c53-", "-\0c53-"),
                    NOT_JSON + "Unescaped control"),
                text("BOM", "\uFEFF" + whole, NOT_JSON + "it begins with a byte order mark"),
                encoded("UTF-16", "UTF-16", NOT_JSON + "it is not UTF-8"),
                encoded("UTF-16LE", "UTF-16LE", NOT_JSON + "unexpected character at line"),
                encoded("UTF-16BE", "UTF-16BE", NOT_JSON + "unexpected character at line"),
                encoded("UTF-32", "UTF-32", NOT_JSON + "unexpected character at line"),
                bytes(
                    "Latin-1",
                    pid("1, \"name\": \"caf\u00e9\"").getBytes(StandardCharsets.ISO_8859_1),
                    NOT_JSON + "it is not UTF-8"),
                bytes(
                    "a surrogate in UTF-8",
                    new byte[] {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'},
                    NOT_JSON + "it is not UTF-8"),
                text(
                    "duplicate key",
                    json("\"pid\": 1, \"pid\": 2, \"started_at\": \"t\""),
                    NOT_JSON + "duplicate key at $.pid"),
                text(
                    "duplicate session",
                    json(
                        "\"pid\": 1, \"started_at\": \"t\", \"python_processes\": {\"a\":2,\"a\":3}"),
                    NOT_JSON + "duplicate key at $.python_processes.a"),
                text(
                    "duplicate key, once escaped",
                    json("\"pid\": 1, \"p\\u0069d\": 2, \"started_at\": \"t\""),
                    NOT_JSON + "duplicate key at $.pid"),
                text(
                    "100,000 arrays deep",
                    "[".repeat(100_000) + "]".repeat(100_000),
                    NOT_JSON + "Nesting limit 64 reached"),
                text(
                    "100,000 objects deep",
                    "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000),
                    NOT_JSON + "Nesting limit 64 reached"),
                text(
                    "100,000 deep under a key of others",
                    json("\"x\": " + "[".repeat(100_000) + "]".repeat(100_000)),
                    NOT_JSON + "Nesting limit 64 reached"),
                text(
                    "100,000 deep and cut off", "[".repeat(100_000), NOT_JSON + "Nesting limit 64"),
                text("an array", "[]", NOT_JSON + "it is not an object"),
                text("a string", "\"x\"", NOT_JSON + "it is not an object"),
                text("null", "null", NOT_JSON + "it is not an object"),
                text("a number", "12", NOT_JSON + "it is not an object"),
                text("two records", whole + whole, NOT_JSON + "unexpected character at line"),
                text("a comment", "/* */" + whole, NOT_JSON + "unexpected character at line"),
                text(
                    "single quotes",
                    whole.replace('"', '\''),
                    NOT_JSON + "unexpected character at line"),
                text("no quotes", "{pid: 1}", NOT_JSON + "unexpected character at line"),
                text("a trailing comma", "{\"pid\": 1,}", NOT_JSON + "Expected name at line 1"),
                text("NaN", pid("NaN"), NOT_JSON + "unexpected character at line"),
                text("a leading zero", pid("012"), NOT_JSON + "unexpected character at line"),
                text(
                    "HTML",
                    "<html><body>502</body></html>",
                    NOT_JSON + "unexpected character at line"),
                text(
                    "a raw newline in a name",
                    json("\"pid\": 1, \"started_at\": \"t\", \"python_processes\": {\"a\nb\": 2}"),
                    NOT_JSON + "Unescaped control characters"),
                text(
                    "half a character in a name",
                    json(
                        "\"pid\": 1, \"started_at\": \"t\", \"python_processes\": {\"\\ud800\": 2}"),
                    NOT_JSON + "Unpaired surrogate characters are not allowed"),
                text("no pid", json("\"started_at\": \"t\""), ": key \"pid\" is missing"),
                text("no started_at", json("\"pid\": 1"), ": key \"started_at\" is missing"),
                text("only a PID", "{\"pid\": 1}", ": key \"instance_id\" is missing"),
                text(
                    "no string for a start",
                    json("\"pid\": 1, \"started_at\": 5"),
                    ": key \"started_at\" is 5, which is not a string"),
                text(
                    "null for an id",
                    "{\"instance_id\": null}",
                    ": key \"instance_id\" is null, which is not a string"),
                text(
                    "a megabyte for a pid",
                    pid("\"" + "9".repeat(1 << 20) + "\""),
                    ": key \"pid\" is \"" + "9".repeat(39) + "…, which is not a PID"),
                text(
                    "a million digits for a pid",
                    pid("9".repeat(1 << 20)),
                    NOT_JSON + "unexpected character at line 1 column 64 path $.pid"),
                pid("-1", "-1"),
                pid("0", "0"),
                pid("-0", "-0"),
                pid("2^32", "4294967296"),
                pid("2^63-1", "9223372036854775807"),
                pid("2^63", "9223372036854775808"),
                pid("-2^63", "-9223372036854775808"),
                pid("2^64+1", "18446744073709551617"),
                pid("1.5", "1.5"),
                pid("1.0", "1.0"),
                pid("1e3", "1e3"),
                pid("1e400", "1e400"),
                pid("string", "\"1234\""),
                pid("null", "null"),
                pid("true", "true"),
                pid("array", "[1]"),
                pid("object", "{}"),
                processes("null"),
                processes("[1,2]"),
                processes("\"1\""),
                processes("5"),
                id("another UUID", OTHER),
                id("a path for an id", "../../../../etc/passwd"),
                id("the file's id with a path", "../instances/" + ID),
                id("an empty id", ""),
                id("a filter for an id", "*"),
                id("NUL in an id", ID + "\\u0000"),
                id("newline behind an id", ID + "\\n"),
                id("escape in an id", "\\u001b[2J"),
                id("a megabyte for an id", "x".repeat(1 << 20)),
                special(
                    "1 GB, sparse",
                    file -> {
                      try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
                        sparse.setLength(1 << 30);
                      }
                    },
                    "it has 1073741824 bytes, more than a record may have (8388608)"),
                special(
                    "FIFO",
                    file -> run("mkfifo", file.toString()),
                    "it is a special file, not a regular file"),
                special(
                    "socket",
                    file -> {
                      try (ServerSocketChannel socket =
                          ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                        // A socket's path must be short, so bind it here and move it there.
                        Path near = Files.createTempDirectory("s").resolve("s");
                        socket.bind(UnixDomainSocketAddress.of(near));
                        Files.move(near, file);
                        Files.delete(near.getParent());
                      }
                    },
                    "it is a special file, not a regular file"),
                special(
                    "directory", Files::createDirectory, "it is a directory, not a regular file"),
                special(
                    "full directory",
                    file -> {
                      Files.createDirectory(file);
                      Files.writeString(file.resolve(OTHER + ".json"), "{");
                    },
                    "it is a directory, not a regular file"),
                special(
                    "symbolic link to a record",
                    file -> {
                      Path target = file.resolveSibling("..").resolve("elsewhere.json");
                      Files.writeString(target, record(ID));
                      Files.createSymbolicLink(file, target);
                    },
                    "it is a symbolic link, not a regular file"),
                special(
                    "dangling symbolic link",
                    file -> Files.createSymbolicLink(file, Path.of("nowhere")),
                    "it is a symbolic link, not a regular file"),
                special(
                    "symbolic link to itself",
                    file -> Files.createSymbolicLink(file, file.getFileName()),
                    "it is a symbolic link, not a regular file"),
                special(
                    "symbolic link to what never ends",
                    file -> Files.createSymbolicLink(file, Path.of("/dev/zero")),
                    "it is a symbolic link, not a regular file")));
    return cases.stream();
  }

  static Stream<String> namesOfOthers() {
    // The JDK cannot name such files in a locale without these characters.
    boolean wide = "UTF-8".equals(System.getProperty("sun.jnu.encoding"));
    return Stream.of(
            "x",
            "",
            "..",
            "-rf",
            "*",
            "{a,b}",
            "[a-z]?",
            "a\nb",
            "a\u001b[2Jb",
            "..\\..\\x",
            "%2e%2e%2fx",
            "$HOME",
            " ",
            "\u00fc",
            "n".repeat(250),
            "\u00fc".repeat(125),
            ID + ".bak",
            ID.replace('-', '_'),
            "{" + ID + "}",
            ID + "0")
        .flatMap(
            base -> Stream.of(base + ".json", base + ".lock", base + ".json.1f.tmp", base + ".tmp"))
        .filter(name -> wide || name.chars().allMatch(letter -> letter < 128))
        .filter(name -> name.getBytes(StandardCharsets.UTF_8).length <= 255);
  }

  @Test
  void whatHasNoNameOfOursIsNeitherReadNorRenamedNorRemoved() throws Exception {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    List<String> others = new ArrayList<>(namesOfOthers().toList());
    others.addAll(List.of("README", ID, ID + ".json.tmp", ID + ".json.zz.tmp", ID + ".lock.old"));
    for (String name : others) {
      Files.writeString(graveyard.file(name), record("x"));
      DeadInstancesFixture.settle(graveyard.file(name));
    }
    Path data = graveyard.file(OTHER + ".json");
    Files.writeString(data, "{\"colour\": \"blue\"}");
    DeadInstancesFixture.settle(data);

    SweepReport report = measured();

    assertSwept(report, dead);
    others.add(OTHER + ".json");
    assertThat(graveyard.names()).containsExactlyInAnyOrderElementsOf(others);
    assertThat(report.problems())
        .singleElement()
        .satisfies(
            problem -> assertThat(problem.problem()).contains("has none of the keys of a record"));
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatCannotBeReadIsReportedSetAsideAndInNobodysWay(Case hostile) throws Exception {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    DeadInstancesFixture.Instance live = graveyard.liveInstance();
    Path file = graveyard.file(hostile.fileName());
    hostile.writer().write(file);
    byte[] before = smallContent(file);

    SweepReport report = measured();

    assertThat(report.problems())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.path()).isEqualTo(file);
          assertThat(problem.problem()).startsWith(file + hostile.problem());
          assertThat(problem.problem().substring(file.toString().length())).hasSizeLessThan(300);
        });
    assertThat(report.instances()).hasSize(2);
    assertSwept(report, dead);
    assertUntouched(report, live);
    assertThat(Files.exists(file, LinkOption.NOFOLLOW_LINKS)).as("too fresh to move").isTrue();

    DeadInstancesFixture.settle(file);
    assertThat(measured().problems()).hasSize(1);
    assertThat(Files.exists(file, LinkOption.NOFOLLOW_LINKS)).as("settled").isFalse();
    List<Path> aside =
        graveyard.names().stream()
            .filter(name -> name.endsWith(".unreadable"))
            .map(graveyard::file)
            .toList();
    assertThat(aside).hasSize(1);
    assertThat(smallContent(aside.getFirst())).isEqualTo(before);

    SweepReport quiet = measured();
    assertThat(quiet.problems()).isEmpty();
    assertUntouched(quiet, live);
    assertThat(aside.getFirst())
        .satisfies(path -> assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isTrue());
  }

  private SweepReport measured() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    SweepReport report = graveyard.sweep();
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MEMORY_LIMIT);
    return report;
  }

  private static byte[] smallContent(Path file) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) < 4 << 20
        ? Files.readAllBytes(file)
        : new byte[0];
  }

  private void assertSwept(SweepReport report, DeadInstancesFixture.Instance dead) {
    assertThat(DeadInstancesFixture.of(report, dead.id()).liveness()).isEqualTo(Liveness.DEAD);
    assertThat(DeadInstancesFixture.of(report, dead.id()).record()).isEqualTo(RecordFate.REMOVED);
    assertThat(report.stopped()).isEqualTo(1);
    DeadInstancesFixture.awaitGone(dead.child());
  }

  private void assertUntouched(SweepReport report, DeadInstancesFixture.Instance live) {
    assertThat(graveyard.processes().violations()).isEmpty();
    assertThat(DeadInstancesFixture.of(report, live.id()).liveness()).isEqualTo(Liveness.ALIVE);
    assertThat(live.owner().isAlive()).isTrue();
    assertThat(live.child().isAlive()).isTrue();
    assertThat(Files.exists(graveyard.file(live.id() + ".json"))).isTrue();
  }

  @Test
  void allOfThemAtOnce() throws Exception {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    DeadInstancesFixture.Instance live = graveyard.liveInstance();
    int number = 0;
    List<Case> cases = cases().toList();
    for (Case hostile : cases) {
      String uuid = "%08x-6d8e-4c53-9d0b-3f0a7a1c2d11".formatted(number++);
      String name = hostile.fileName().replace(ID, uuid);
      hostile.writer().write(graveyard.file(name));
    }
    SweepReport report = measured();
    assertSwept(report, dead);
    assertUntouched(report, live);
    assertThat(report.problems()).hasSize(cases.size());
  }

  @Test
  void aNameThatIsNoTextIsNobodys() throws Exception {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    DeadInstancesFixture.Instance live = graveyard.liveInstance();
    run(
        "sh",
        "-c",
        "cd \"$1\" && for n in \"$(printf 'a\\377b.json')\" \"$(printf '\\300\\257')\";"
            + " do echo '{' > \"$n\"; touch -d 2001-01-01 \"$n\"; done",
        "sh",
        graveyard.file("").toString());

    SweepReport report = measured();

    assertSwept(report, dead);
    assertUntouched(report, live);
    assertThat(graveyard.names()).hasSize(3);
  }

  @Test
  void whatIsSetAsideTwiceIsKeptTwice() throws Exception {
    for (String content : List.of("first", "second", "third")) {
      Path file = graveyard.file(ID + ".json");
      Files.writeString(file, content);
      DeadInstancesFixture.settle(file);
      assertThat(measured().problems()).extracting(Problem::path).containsExactly(file);
    }
    List<String> contents = new ArrayList<>();
    for (String name : graveyard.names()) {
      assertThat(name).startsWith(ID + ".json").endsWith(".unreadable");
      contents.add(Files.readString(graveyard.file(name)));
    }
    assertThat(contents).containsExactlyInAnyOrder("first", "second", "third");
  }

  @Test
  void leftoversOfWritersAreTidiedAway() throws Exception {
    DeadInstancesFixture.Instance live = graveyard.liveInstance();
    Path whole = graveyard.file(ID + ".json.1f.tmp");
    Path torn = graveyard.file(OTHER + ".json.2f.tmp");
    Path fresh = graveyard.file(OTHER + ".json.3f.tmp");
    Path lock = graveyard.file(ID + ".lock");
    Path strangeLock = graveyard.file("strange.lock");
    Path text = graveyard.file("README");
    Files.writeString(whole, record(ID));
    Files.writeString(torn, "{\"instance_id\": \"");
    Files.writeString(fresh, "{\"instance_id\": \"");
    for (Path file : List.of(lock, strangeLock, text)) {
      Files.writeString(file, "");
    }
    for (Path file : List.of(whole, torn, strangeLock, text)) {
      DeadInstancesFixture.settle(file);
    }

    assertThat(measured().problems()).isEmpty();

    assertThat(graveyard.names())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.asList(
                live.id() + ".json",
                OTHER + ".json.2f.tmp.unreadable",
                OTHER + ".json.3f.tmp",
                "strange.lock",
                "README"));
  }

  @Test
  void aLockThatIsNoFileIsReportedAndItsInstanceStays() throws Exception {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    Path lock = graveyard.file(dead.id() + ".lock");
    run("mkfifo", lock.toString());

    SweepReport report = measured();

    assertThat(DeadInstancesFixture.of(report, dead.id()).record()).isEqualTo(RecordFate.KEPT);
    assertThat(report.problems())
        .extracting(Problem::problem)
        .containsExactly(
            "it is dead, but cannot be claimed: " + lock + " is not a regular file: move it away");
    assertThat(dead.child().isAlive()).isTrue();

    Files.delete(lock);
    assertSwept(measured(), dead);
  }

  @Test
  void aLockThatLeadsElsewhereIsNotFollowed() throws Exception {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    Path elsewhere = graveyard.directory().path().resolve("elsewhere");
    Files.createSymbolicLink(graveyard.file(dead.id() + ".lock"), elsewhere);

    assertThat(DeadInstancesFixture.of(measured(), dead.id()).record()).isEqualTo(RecordFate.KEPT);

    assertThat(elsewhere).doesNotExist();
    assertThat(dead.child().isAlive()).isTrue();
  }

  @Test
  void aJournalThatIsNoFileIsReportedAndHoldsNothingUp() throws Exception {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    Path journal = graveyard.directory().path().resolve("journal.jsonl");
    run("mkfifo", journal.toString());

    SweepReport report = measured();

    assertSwept(report, dead);
    assertThat(report.problems())
        .extracting(Problem::problem)
        .contains(
            "the journal cannot be written (" + journal + " is not a regular file: move it away)");
  }

  @Test
  void aFileInsteadOfTheDirectoryIsReported(@TempDir Path other) throws Exception {
    Files.writeString(other.resolve("instances"), "");
    try (DeadInstancesFixture graveyard = new DeadInstancesFixture(other.resolve("x"))) {
      Files.delete(graveyard.file(""));
      Files.writeString(graveyard.file(""), "");
      assertThat(graveyard.sweep().problems())
          .containsExactly(
              new Problem(
                  graveyard.directory().path(),
                  "cannot be read ("
                      + graveyard.directory().path()
                      + "/instances): check its permissions"));
    }
  }
}

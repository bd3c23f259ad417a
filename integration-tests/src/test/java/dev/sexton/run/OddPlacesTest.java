package dev.sexton.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sexton.testkit.Launcher;
import dev.sexton.testkit.Python;
import dev.sexton.testkit.Server;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Requirement;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Checks that `sexton run` starts its server in any environment, with at most one line on stderr,
/// and returns the server's exit code. With `--strict` it starts no untracked server, and exits
/// with 3.
@Gate("takes long")
class OddPlacesTest {
  /// Says whether it is tracked, and ends with an exit code that nothing else uses.
  private static final String SERVER = "echo ran ${SEXTON_INSTANCE:+tracked}; exit 42";

  private static final String OTHER_USER = "setpriv --reuid 34567 --regid 34567 --clear-groups";

  @TempDir private Path directory;
  private Path installed;
  private Path home;
  private Path work;

  @BeforeEach
  void install() throws IOException {
    // Other users need access, too.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    installed = directory.resolve("a place");
    Launcher.install(installed);
    home = Files.createDirectory(directory.resolve("home"));
    work = Files.createDirectory(directory.resolve("work"));
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxrwxrwx"));
    Python.copy("/dev/sexton/run/refuse.py", directory.resolve("refuse.py"));
  }

  @AfterEach
  void awaitTheEnd() {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
              String command = commandLine(entry);
              if (command.contains(directory + "/")) {
                if (command.contains("\0watch\0--background")) {
                  ProcessHandle.of(Long.parseLong(entry.getFileName().toString()))
                      .ifPresent(ProcessHandle::destroy);
                }
                return false;
              }
            }
          }
          return true;
        });
  }

  /// Each is a piece of shell code before the command in `"$@"`. `$sexton` is the launcher.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          exec "$@"
          exec "$@" <&-
          exec "$@" 2>&-
          exec "$@" 2>/dev/full
          exec env LC_ALL=xx_YY.UTF-8 "$@"
          HOME=$(printf '%s/h\\303\\266m\\303\\251' "$HOME"); export HOME LC_ALL=C; exec "$@"
          HOME=$(printf '%s/h\\303\\266m\\303\\251' "$HOME"); export HOME; unset LC_ALL LANG; exec "$@"
          mkdir gone; cd gone; rmdir ../gone; exec "$@"
          cd "${sexton%/*}"; shift; exec sh sexton "$@"
          cd "${sexton%/*}"; shift; PATH=.:$PATH; exec sexton "$@"
          shift; PATH=${sexton%/*}:$PATH; exec sexton "$@"
          cd "${sexton%/*}/.."; shift; exec "./a place/sexton" "$@"
          cd "${sexton%/*}/.."; shift; exec sh "a place/sexton" "$@"
          ln -s "$sexton" link; ln -s link other; shift; exec ./other "$@"
          ln -s "../a place/sexton" link; shift; exec sh link "$@"
          exec python3 ../refuse.py 439 "$@"
          ulimit -n 64; exec "$@"
          """)
  void isTracked(String how) throws Exception {
    assertThat(run(how)).isEqualTo("42 [ran tracked] 0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          HOME=$(printf '%s/\\377' "$HOME"); export HOME; exec "$@"
          HOME=$(printf '%s/\\377' "$HOME"); export HOME LC_ALL=C; exec "$@"
          SEXTON_STATE_DIR=$(printf '%s/\\377' "$HOME"); export SEXTON_STATE_DIR; exec "$@"
          SEXTON_STATE_DIR=/proc/nowhere; export SEXTON_STATE_DIR; exec "$@"
          SEXTON_STATE_DIR=/dev/null; export SEXTON_STATE_DIR; exec "$@"
          SEXTON_STATE_DIR=here; export SEXTON_STATE_DIR; mkdir x; cd x; rmdir ../x; exec "$@"
          rm -rf "${sexton%/*}/cli/target/dist"; exec "$@"
          rm -rf "${sexton%/*}/.mvn"; exec "$@"
          rm -f "${sexton%/*}"/cli/target/dist/*registrar.options; exec "$@"
          : >"${sexton%/*}/cli/target/dist/current"; exec "$@"
          echo 'find_jdk() { return 1; }; read_jdk_version() { return 1; }' >"${sexton%/*}/.mvn/find-jdk.sh"; exec "$@"
          cp "$sexton" alone; shift; exec ./alone "$@"
          cp "$sexton" alone; shift; exec sh alone "$@"
          ulimit -v 200000; exec "$@"
          exec python3 ../refuse.py 435 "$@"
          exec python3 ../refuse.py hang "$@"
          """)
  void runsAllTheSame(String how) throws Exception {
    assertThat(run(how)).isEqualTo("42 [ran] 1");
    assertThat(run(how, "--strict")).isEqualTo("3 [] 1");
  }

  @ParameterizedTest
  @CsvSource({"'kill -s SEGV $$'", "'exit 1'", "'echo a; echo b; echo c >&2; echo d >&2; exit 1'"})
  void runsBesideAJvmThatFails(String java) throws Exception {
    Path jdk = directory.resolve("jdk");
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("bin/java"), "#!/bin/sh\n" + java + "\n");
    Files.setPosixFilePermissions(
        jdk.resolve("bin/java"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.copy(Path.of(System.getProperty("java.home"), "release"), jdk.resolve("release"));
    Path current = installed.resolve("cli/target/dist/current");
    List<String> lines = new ArrayList<>(Files.readAllLines(current));
    lines.set(0, jdk.toString());
    Files.write(current, lines);

    assertThat(run("exec \"$@\"")).isEqualTo("42 [ran] 1");
    assertThat(run("exec \"$@\"", "--strict")).isEqualTo("3 [] 1");
  }

  /// Users without a passwd entry, rights or processes, and PID namespaces. Only root can test
  /// these.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          unset HOME; exec READER "$@"
          HOME=; export HOME; exec READER "$@"
          HOME=here; export HOME; exec READER "$@"
          HOME=.; export HOME; exec READER "$@"
          HOME=/; export HOME; exec READER "$@"
          mkdir -m 700 closed; cd closed; exec USER "$@"
          chmod 700 "${sexton%/*}/cli/target/dist"; exec USER "$@"
          exec USER prlimit --nproc=1 "$@"
          """)
  void otherUsersServersRunAllTheSame(String how) throws Exception {
    Requirement.root();
    // Not every user may read the directory of the classes under test.
    String reader = OTHER_USER + " --inh-caps +dac_read_search --ambient-caps +dac_read_search";
    String outcome = run(how.replace("USER", OTHER_USER).replace("READER", reader));

    assertThat(outcome).startsWith("42 [ran");
    assertThat(outcome.substring(outcome.length() - 2)).isIn(" 0", " 1");
    assertThat(work.resolve("here")).doesNotExist();
    assertThat(work.resolve("?")).doesNotExist();
    assertThat(work.resolve(".sexton")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"exec \"$@\"", "exec \"$@\" </dev/null"})
  void runsAsTheFirstProcessOfAContainer(String how) throws Exception {
    Requirement.root();
    assertThat(run(how.replace("exec", "exec unshare -pf --mount-proc"))).startsWith("42 [ran");
  }

  /// Returns the exit code, the output and the number of stderr lines.
  private String run(String how, String... options) throws Exception {
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    List<String> command = new ArrayList<>(List.of("sh", "-c", "sexton=$1; " + how, "sh"));
    command.add(installed.resolve("sexton").toString());
    command.add("run");
    command.addAll(List.of(options));
    command.addAll(List.of("--on-client-exit", "keep", "--", "sh", "-c", SERVER));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.putAll(Server.environment(home));
    Process process = builder.start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String errors = Files.readString(err, StandardCharsets.ISO_8859_1);
    if (!errors.isEmpty()) {
      System.out.print(how + ": " + errors);
    }
    return process.exitValue()
        + " ["
        + Files.readString(out, UTF_8).strip()
        + "] "
        + errors.lines().count();
  }

  private static String commandLine(Path entry) {
    try {
      return Files.readString(entry.resolve("cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }
}

package dev.sexton.mcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.testkit.Launcher;
import dev.sexton.testkit.Python;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Gate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Checks that text that is not ASCII reaches a session and returns unchanged, whatever the
/// client's locale. The session's environment is the client's. This JVM's own locale may not
/// support such names, so scripts handle them.
@Gate("needs npm and PyPI")
@EnabledOnOs(OS.LINUX)
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BytesTest extends SessionTestBase {
  private static final List<String> ARGUMENTS =
      List.of("жук", "日本 語", "e\u0301 é", "😀", "?*[a-z]", "");
  private static final String GREETING = "привет é 😀";

  private Path results = Path.of("");

  @BeforeEach
  void createResults() throws IOException {
    results = Files.createDirectory(traces.home().resolve("results"));
  }

  @ParameterizedTest
  @CsvSource({
    "raw, ''",
    "raw, LC_ALL=C",
    "raw, LC_ALL=POSIX",
    "raw, LC_ALL=C.UTF-8",
    "raw, LC_ALL=xx_YY.UTF-8",
    "raw, LANG=C",
    "python, ''",
    "python, LC_ALL=C",
    "python, LC_ALL=POSIX",
    "python, LC_ALL=C.UTF-8",
    "python, LC_ALL=xx_YY.UTF-8",
    "typescript, ''",
    "typescript, LC_ALL=C",
    "typescript, LC_ALL=POSIX",
    "typescript, LC_ALL=C.UTF-8",
    "typescript, LC_ALL=xx_YY.UTF-8",
  })
  void passTheServerAsTheyAre(String client, String locale) throws IOException {
    Path program = traces.home().resolve("tell.sh");
    Python.copy("/dev/sexton/mcp/tell.sh", program);
    Path abroad = traces.home().resolve("abroad.sh");
    Python.copy("/dev/sexton/mcp/abroad.sh", abroad);
    List<String> wrapper =
        List.of("sh", abroad.toString(), traces.home().toString(), program.toString(), locale);
    List<String> server =
        List.of(
            Launcher.install(traces.home().resolve("sexton")).toString(), "mcp", "--grace", "1s");
    BiFunction<String, Map<String, ?>, Answer> calls;
    if (client.equals("raw")) {
      List<String> command = new ArrayList<>(wrapper);
      command.addAll(server);
      calls = new StdioServer(processes, traces, command).initialize()::call;
    } else {
      calls = new SdkClient(processes, traces, client, wrapper, server)::call;
    }

    String home = traces.home() + "/дом ü";
    calls
        .apply(
            "session_start",
            Map.of(
                "name",
                "a",
                "command",
                home + "/прог-é",
                "arguments",
                ARGUMENTS,
                "directory",
                home + "/каталог ñ",
                "environment",
                Map.of("GREETING", GREETING, "RESULTS", results.toString())))
        .ok();
    calls.apply("session_input", Map.of("name", "a", "text", "строка 😀\n", "end", true)).ok();
    assertThat(calls.apply("session_wait", Map.of("name", "a")).ok().integer("exit_code")).isZero();
    Answer output = calls.apply("session_output", Map.of("name", "a")).ok();
    Answer info = calls.apply("session_info", Map.of("name", "a")).ok();

    assertThat(output.output("stdout").get("text").getAsString()).isEqualTo("жü€😀\n");
    assertThat(output.output("stderr").get("text").getAsString()).isEqualTo("готово\n");
    assertThat(info.string("command")).startsWith(home + "/прог-é жук 日本 語");
    assertThat(result("names")).isEqualTo("жук\n");
    assertThat(result("arguments")).isEqualTo(String.join("\n", ARGUMENTS) + "\n");
    assertThat(result("program")).isEqualTo(home + "/прог-é\n");
    assertThat(result("directory")).isEqualTo(home + "/каталог ñ\n");
    assertThat(result("input")).isEqualTo("строка 😀\n");
    Map<String, String> environment = environment();
    assertEnvironment(environment, home, locale);
    if (client.equals("raw")) { // SDKs pass on selected variables, Node only text.
      assertThat(environment).containsEntry("BYTES", "\u00ff\u00fe");
    }
    assertThat(records()).isEmpty();
  }

  private String result(String name) throws IOException {
    return Files.readString(results.resolve(name), UTF_8);
  }

  private Map<String, String> environment() throws IOException {
    Map<String, String> environment = new LinkedHashMap<>();
    // Each byte is a character here, because one variable is not text.
    for (String one :
        Files.readString(results.resolve("environment"), ISO_8859_1).split("\0", -1)) {
      environment.put(one.replaceFirst("(?s)=.*", ""), one.replaceFirst("(?s)^[^=]*=", ""));
    }
    return environment;
  }

  private static void assertEnvironment(
      Map<String, String> environment, String home, String locale) {
    Map<String, String> expected = new LinkedHashMap<>();
    expected.put("HOME", bytes(home));
    expected.put("USER", bytes("я"));
    expected.put("LOGNAME", bytes("я"));
    expected.put("GREETING", bytes(GREETING));
    assertThat(environment).containsAllEntriesOf(expected);
    for (String name : List.of("LC_ALL", "LANG", "LC_CTYPE")) {
      String prefix = name + "=";
      if (locale.startsWith(prefix)) {
        assertThat(environment).containsEntry(name, locale.substring(prefix.length()));
      } else {
        assertThat(environment).doesNotContainKey(name);
      }
    }
    assertThat(environment.keySet().stream().filter(name -> name.startsWith("SEXTON_")))
        .containsExactly("SEXTON_INSTANCE");
  }

  private static String bytes(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  /// Returns the records below the home. There are none elsewhere.
  private String records() {
    return Commands.run(
        List.of("find", traces.home().toString(), "-path", "*/instances/*", "-type", "f"));
  }
}

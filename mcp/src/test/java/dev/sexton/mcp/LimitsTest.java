package dev.sexton.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.cli.Main;
import dev.sexton.cli.output.Io;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitsTest {
  @TempDir Path temporary;
  private Path allowed;
  private Path outside;

  @BeforeEach
  void makeDirectories() throws IOException {
    Path root = temporary.toRealPath();
    allowed = root.resolve("allowed");
    Files.createDirectories(allowed.resolve("below"));
    outside = Files.createDirectory(root.resolve("allowed-not"));
    Files.createSymbolicLink(allowed.resolve("link"), outside);
  }

  private static AllowList limits(
      @Nullable List<String> names, @Nullable List<Path> directories, List<Path> mounts) {
    return limits(names, null, directories, mounts);
  }

  private static AllowList limits(
      @Nullable List<String> names,
      @Nullable List<String> variables,
      @Nullable List<Path> directories,
      List<Path> mounts) {
    return new AllowList(names, variables, names, directories, mounts);
  }

  @ParameterizedTest
  @CsvSource({
    "tool, tool, true",
    "tool, ./tool, false",
    "tool, .//tool, false",
    "tool, ../bin/tool, false",
    "tool, x/../tool, false",
    "tool, bin/tool, false",
    "tool, BIN/tool, false",
    "tool, /tool, false",
    "tool, tool/, false",
    "tool, tool., false",
    "tool, '', false",
    "tool, ' tool', false",
    "t*, tool, true",
    "*, tool, true",
    "*, ./tool, false",
    "*, BIN/tool, false",
    "*, ., false",
    "*, .., false",
    "*, '', false",
    "*, missing, false",
    "BIN/tool, BIN/tool, true",
    "BIN/tool, tool, false",
    "BIN/tool, BIN/./tool, false",
    "BIN/tool, BIN//tool, false",
    "BIN/tool, BIN/x/../tool, false",
    "BIN/tool, BIN/tool/, false",
    "BIN/tool, BIN/toolx, false",
    "BIN/*, BIN/a/b, true",
    "BIN/*, BIN/../sh, false",
    "BIN/*, BIN/link/../tool, false",
    "BIN/*, tool, false",
    "tool, sh, false",
  })
  void commands(String pattern, String command, boolean permitted) throws IOException {
    String bin = allowed.resolve("bin").toString();
    program(allowed.resolve("bin/tool"));
    AllowList limits = limits(List.of(pattern.replace("BIN", bin)), null, List.of());
    String given = command.replace("BIN", bin);
    if (permitted) {
      assertThatCode(() -> assertThat(limits.requireCommand(given, bin)).startsWith(bin + "/"))
          .doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> limits.requireCommand(given, bin))
          .isInstanceOf(RefusalException.class);
    }
  }

  @Test
  void aRefusedCommandSaysWhichLimitItWas() {
    assertThatThrownBy(() -> limits(List.of("tool"), null, List.of()).requireCommand("./tool", ""))
        .hasMessageContaining("limit commands")
        .hasMessageContaining("--commands");
  }

  @Test
  void aNameIsLookedUpInTheAbsoluteDirectoriesOfThePath() throws Exception {
    Path first = program(allowed.resolve("first/tool"));
    Path second = program(allowed.resolve("second/tool"));
    Files.createDirectories(allowed.resolve("directory/tool"));
    Files.writeString(Files.createDirectory(allowed.resolve("text")).resolve("tool"), "");
    AllowList limits = limits(List.of("tool"), null, List.of());

    String path =
        String.join(
            ":", "", ".", "relative", allowed + "/directory", allowed + "/text", "" + first, "");
    assertThatThrownBy(() -> limits.requireCommand("tool", path))
        .isInstanceOf(RefusalException.class);
    assertThat(
            limits.requireCommand(
                "tool", path + ":" + second.getParent() + ":" + first.getParent()))
        .isEqualTo(second.toString());
    assertThat(limits(List.of("sh"), null, List.of()).requireCommand("sh", null))
        .endsWith("bin/sh");
    assertThat(limits(null, null, List.of()).requireCommand("./tool", "")).isEqualTo("./tool");
  }

  private static Path program(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "LD_AUDIT",
        "DYLD_INSERT_LIBRARIES",
        "GCONV_PATH",
        "GLIBC_TUNABLES",
        "PATH",
        "HOME",
        "IFS",
        "ENV",
        "BASH_ENV",
        "BASH_FUNC_echo%%",
        "SHELL",
        "PS4",
        "PROMPT_COMMAND",
        "EDITOR",
        "GIT_EDITOR",
        "PAGER",
        "BROWSER",
        "LESSOPEN",
        "GIT_SSH_COMMAND",
        "GIT_CONFIG_COUNT",
        "SSH_ASKPASS",
        "NODE_OPTIONS",
        "NODE_PATH",
        "npm_config_script_shell",
        "PYTHONPATH",
        "PYTHONSTARTUP",
        "PYTHONHOME",
        "PIP_INDEX_URL",
        "UV_INDEX",
        "PERL5LIB",
        "PERL5OPT",
        "RUBYOPT",
        "RUBYLIB",
        "LUA_INIT",
        "PHPRC",
        "CLASSPATH",
        "JAVA_TOOL_OPTIONS",
        "JDK_JAVA_OPTIONS",
        "_JAVA_OPTIONS",
        "JAVA_HOME",
        "MAVEN_OPTS",
        "MAKEFLAGS",
        "RUSTC_WRAPPER",
        "CC",
        "CFLAGS",
        "GOFLAGS",
        "DOTNET_STARTUP_HOOKS",
        "CORECLR_PROFILER_PATH",
        "XDG_CONFIG_HOME",
        "DOCKER_HOST",
      })
  void whereCommandsAreLimitedNoVariableMayChangeWhichProgramRuns(String name) throws Exception {
    assertThatThrownBy(
            () -> limits(List.of("tool"), null, List.of()).requireVariables(List.of("OK", name)))
        .hasMessageContaining(name)
        .hasMessageContaining("limit environment")
        .hasMessageContaining("--environment");
    limits(null, null, List.of()).requireVariables(List.of(name));
    limits(List.of("tool"), List.of(name), null, List.of()).requireVariables(List.of(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PORT",
        "HOST",
        "DEBUG",
        "LANG",
        "LC_ALL",
        "TZ",
        "TERM",
        "NO_COLOR",
        "NODE_ENV",
        "API_KEY",
        "DATABASE_URL",
        "GREETING",
        "PYTHONUNBUFFERED",
        "COLUMNS",
        "USER",
        "GOOGLE_API_KEY",
      })
  void whereCommandsAreLimitedOtherVariablesMayBeSet(String name) throws Exception {
    limits(List.of("tool"), null, List.of()).requireVariables(List.of(name));
  }

  @Test
  void theDocumentationListsTheVariablesThatMayNotBeSet() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("../docs/mcp.md"));
    assertThat(documented(lines, "| that begin with |"))
        .containsAll(ProgramVariables.PREFIXES)
        .hasSize(ProgramVariables.PREFIXES.size() + 2); // The other two are the harmless ones.
    assertThat(documented(lines, "| that end with |")).hasSameElementsAs(ProgramVariables.SUFFIXES);
    assertThat(documented(lines, "| | `AR`")).hasSameElementsAs(ProgramVariables.NAMES);
  }

  private static List<String> documented(List<String> lines, String row) {
    String line = lines.stream().filter(one -> one.startsWith(row)).findAny().orElseThrow();
    return Pattern.compile("`([^`]+)`").matcher(line).results().map(word -> word.group(1)).toList();
  }

  @Test
  void onlyTheVariablesThatAreListedMayBeSet() throws Exception {
    AllowList limits = limits(null, List.of("PORT", "APP_*"), null, List.of());
    limits.requireVariables(List.of("PORT", "APP_X", "APP_"));
    for (String other : List.of("port", "PORT2", "XAPP_X", "LD_PRELOAD", "")) {
      assertThatThrownBy(() -> limits.requireVariables(List.of("PORT", other)))
          .hasMessageContaining("--environment");
    }
    assertThatThrownBy(
            () -> limits(null, List.of(), null, List.of()).requireVariables(List.of("PORT")))
        .hasMessageContaining("none");
  }

  @ParameterizedTest
  @CsvSource({
    "busybox, busybox, true",
    "busybox, busybox:evil, false",
    "registry.example/team/*, registry.example/team/app/x:1, true",
    "registry.example/team/*, registry.example/team2/app, false",
  })
  void images(String pattern, String image, boolean permitted) {
    var refused =
        assertThatCode(() -> limits(List.of(pattern), null, List.of()).requireImage(image));
    if (permitted) {
      refused.doesNotThrowAnyException();
    } else {
      refused.hasMessageContaining("limit images").hasMessageContaining("--images");
    }
  }

  @Test
  void directoriesAreWhatTheyReallyAre() throws RefusalException {
    AllowList limits = limits(null, List.of(allowed), List.of(allowed));
    assertThat(limits.requireDirectory(allowed + "/below/..")).isEqualTo(allowed);
    assertThat(limits.requireMount(allowed + "/below")).isEqualTo(allowed.resolve("below"));
    for (String wrong :
        List.of(
            outside.toString(),
            allowed + "/../allowed-not",
            allowed + "/link",
            "/",
            "relative",
            allowed + "/missing")) {
      assertThatThrownBy(() -> limits.requireDirectory(wrong)).isInstanceOf(RefusalException.class);
      assertThatThrownBy(() -> limits.requireMount(wrong)).isInstanceOf(RefusalException.class);
    }
  }

  @Test
  void nothingIsMountedUnlessItIsAllowed() {
    assertThatThrownBy(() -> limits(null, null, List.of()).requireMount("/etc"))
        .hasMessageContaining("nothing may be mounted");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"max_session\": 1}       | unknown limit max_session",
        "{\"max_sessions\": 0}      | write a number from 1",
        "{\"max_sessions\": \"x\"}  | write a number from 1",
        "{\"max_idle\": \"soon\"}   | is not a duration",
        "{\"commands\": \"sh\"}     | is not an array of strings",
        "{\"mounts\": [\"/nosuch\"]} | does not exist",
        "{\"commands\": [\"sh\", \"./x\"]} | relative path",
        "{\"commands\": [\"*/x\"]} | relative path",
        "{\"commands\": [\"a[\"]}  | invalid pattern",
        "{\"environment\": [\"{\"]} | invalid pattern",
        "{\"environment\": \"X\"}  | is not an array of strings",
        "{\"namespaces\": [\"dev\"]} | write CONTEXT/NAMESPACE",
        "{\"pod_resources\": [\"memory\"]} | write memory=2Gi",
        "{\"pod_resources\": [\"cpu=-1\"]} | write memory=2Gi",
        "{\"pod_fields\": [\"volumes.*\"]} | write a path",
        "{\"service_accounts\": \"x\"} | is not an array of strings",
        "[]                         | not a JSON object",
        "{                          | not JSON",
      })
  void aFileThatIsWrongIsNoFileWithoutLimits(String content, String said) throws IOException {
    Path file = Files.writeString(temporary.resolve("limits.json"), content);
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, UTF_8);
    Io io =
        new Io(
            nowhere,
            new PrintStream(err, true, UTF_8),
            false,
            false,
            Map.of("HOME", temporary.toString()));
    assertThat(Main.run(io, "mcp", "--limits", file.toString())).isEqualTo(2);
    assertThat(err.toString(UTF_8)).contains(said).containsOnlyOnce("\n");
  }
}

package dev.sexton.mcp.deephaven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.docker.ContainerSpec;
import dev.sexton.mcp.AllowList;
import dev.sexton.mcp.RefusalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests how a client's request is translated before anything is started.
class ServersTest {
  private static final String KEY = "known-to-few";
  private static final JvmOptions OPTIONS = new JvmOptions(4, List.of());

  @TempDir private Path directory;
  private Path program = Path.of("");

  @BeforeEach
  void installCommand() throws IOException {
    program = Files.createDirectories(directory.resolve("venv/bin")).resolve("deephaven");
    Files.createFile(program);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void makesUpKeysThatDiffer() throws Exception {
    String key = Authentication.of("psk", null).key();
    assertThat(key).matches("[A-Za-z0-9_-]{43}").isNotEqualTo(Authentication.of("psk", null).key());
    assertThat(Authentication.of("psk", KEY).key()).isEqualTo(KEY);
    assertThat(Authentication.of("psk", KEY).toString()).doesNotContain(KEY);
    assertThat(Authentication.of("anonymous", null).key()).isNull();
    assertRefused("omit one of them", () -> Authentication.of("anonymous", KEY));
    assertRefused("psk or anonymous", () -> Authentication.of("basic", null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "short", "with space", "two\nlines", "quote\"quote", "a=b=c=d=e", "ключключ"})
  void refusesKeysThatMeanMore(String key) {
    assertThatThrownBy(() -> Authentication.of("psk", key))
        .isInstanceOf(RefusalException.class)
        .hasMessageContaining("psk is not a valid key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Xmx1g",
        "-Da=b c",
        "-Da=$(id)",
        "-Da='b'",
        "-Da=\"b\"",
        "-Da=\\b",
        "-Da=`id`",
        "-Da=\n",
        "-DAuthHandlers=X",
        "-Dauthentication.psk=x",
        "-DConfiguration.rootFile=/x",
        "-Ddeephaven.configDir=/x"
      })
  void refusesOptionsThatMeanMore(String option) {
    assertThatThrownBy(() -> JvmOptions.of(4, List.of(option)))
        .isInstanceOf(RefusalException.class)
        .hasMessageContaining("the JVM argument");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 5000})
  void refusesHeapsThatCannotBe(double heap) {
    assertThatThrownBy(() -> JvmOptions.of(heap, List.of()))
        .isInstanceOf(RefusalException.class)
        .hasMessageContaining("heap_gb");
  }

  @Test
  void givesTheClientTheLastWord() throws Exception {
    assertThat(
            JvmOptions.of(2.5, List.of("-Xmx1g"))
                .line(Authentication.of("anonymous", null), List.of("-Dours=1")))
        .startsWith("-Xmx2560m ")
        .contains("AnonymousAuthenticationHandler")
        .endsWith(" -Dours=1 -Xmx1g");
  }

  @Test
  void findsTheCommand() throws Exception {
    assertThat(python(allowed(null), directory.resolve("venv") + "", Map.of()).program())
        .isEqualTo(program.toString());
    assertThat(
            python(allowed(null), null, Map.of("VIRTUAL_ENV", directory.resolve("venv") + ""))
                .program())
        .isEqualTo(program.toString());
    assertThat(python(allowed(null), null, Map.of()).program()).isEqualTo("deephaven");
    assertRefused(
        "pip install deephaven-server",
        () -> python(allowed(null), directory.toString(), Map.of()));
    assertRefused("absolute", () -> python(allowed(null), "venv", Map.of()));
  }

  @Test
  void honoursWhichCommandsAreAllowed() throws Exception {
    String venv = directory.resolve("venv").toString();
    assertRefused("limit commands", () -> python(allowed(List.of("deephaven")), venv, Map.of()));
    assertThat(python(allowed(List.of(program.toString())), venv, Map.of()).program())
        .isEqualTo(program.toString());
    Map<String, String> here = Map.of("PATH", ".:" + venv + "/bin");
    assertThat(python(allowed(List.of("deephaven")), null, here).program())
        .isEqualTo(program.toString());
    assertThat(python(allowed(List.of("deephaven")), null, here).environment())
        .containsKey("JAVA_HOME");
    assertRefused(
        "limit environment",
        () ->
            PythonServer.of(
                allowed(List.of("deephaven")), null, request(Map.of("JAVA_HOME", "/tmp")), here));
  }

  @Test
  void refusesReservedVariables() {
    Map<String, String> hiding = Map.of("SEXTON_INSTANCE", "mcp:of-somebody-else");
    assertRefused(
        "reserved", () -> PythonServer.of(allowed(null), null, request(hiding), Map.of()));
    assertRefused("reserved", () -> docker(allowed(null), "a", hiding, List.of()));
    assertRefused(
        "jvm_arguments", () -> docker(allowed(null), "a", Map.of("START_OPTS", "-x"), List.of()));
  }

  @Test
  void honoursSettingsOfTheUser() throws Exception {
    Path own = Files.createFile(directory.resolve("deephaven.prop"));
    Map<String, String> named = Map.of("DEEPHAVEN_CONFIG_DIR", directory.toString());
    assertThat(python(allowed(null), null, named).settings()).isEqualTo(own.toString());
    assertThat(python(allowed(null), null, Map.of("HOME", directory.toString())).settings())
        .isEqualTo("dh-defaults.prop");
  }

  @Test
  void tellsAContainerItsKeyWhereNoListOfProcessesShowsIt() throws Exception {
    Map<String, String> environment =
        docker(allowed(null), "a/b:c", Map.of("JAVA_TOOL_OPTIONS", "-Dmine=1"), List.of())
            .environment();
    assertThat(environment.get("START_OPTS")).contains("-Xmx4096m").doesNotContain(KEY);
    assertThat(environment.get("JAVA_TOOL_OPTIONS"))
        .isEqualTo("-Dmine=1 -Dauthentication.psk=" + KEY);
  }

  @Test
  void honoursWhichImagesAndMountsAreAllowed() throws Exception {
    assertRefused("limit images", () -> docker(allowed(null), "other:latest", Map.of(), List.of()));
    assertRefused(
        "limit mounts", () -> docker(allowed(null), "a", Map.of(), List.of("/etc:/host")));
    assertRefused(
        "limit mounts",
        () -> docker(allowed(null), "a", Map.of(), List.of(directory + "/../..:/host")));
    assertRefused("SOURCE:TARGET", () -> docker(allowed(null), "a", Map.of(), List.of("/etc")));
    assertRefused(
        "SOURCE:TARGET",
        () -> docker(allowed(null), "a", Map.of(), List.of(directory + ":/x:ro,z")));
    assertRefused("relative", () -> docker(allowed(null), "a", Map.of(), List.of("vol:/x")));
    List<ContainerSpec.Mount> mounts =
        docker(allowed(null), "a", Map.of(), List.of(directory + ":/x:ro", directory + ":/y"))
            .mounts();
    assertThat(mounts.stream().map(ContainerSpec.Mount::readOnly)).containsExactly(true, false);
  }

  private static ServerRequest request(Map<String, String> environment) throws RefusalException {
    return new ServerRequest(OPTIONS, Authentication.of("psk", KEY), environment);
  }

  private static PythonServer python(
      AllowList allowed, @Nullable String venv, Map<String, String> here) throws RefusalException {
    return PythonServer.of(allowed, venv, request(Map.of()), here);
  }

  private static ContainerSpec docker(
      AllowList allowed, String image, Map<String, String> environment, List<String> volumes)
      throws RefusalException {
    return DockerServer.spec(
            allowed, image, request(environment), volumes, new DockerServer.Limits(1.5, 0.5))
        .build();
  }

  private AllowList allowed(@Nullable List<String> commands) throws IOException {
    return new AllowList(
        commands, null, List.of("a", "a/*"), null, List.of(directory.toRealPath()));
  }

  private static void assertRefused(String words, ThrowingCallable call) {
    assertThatExceptionOfType(RefusalException.class).isThrownBy(call).withMessageContaining(words);
  }
}

package dev.sexton.kubernetes.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests plugins with real programs.
@Timeout(60)
class ExecPluginTest {
  private static final String VERSION = "client.authentication.k8s.io/v1";

  @TempDir private Path directory;

  /// Returns a plugin that is a shell script.
  private ExecPlugin plugin(String script) throws IOException {
    Path program = directory.resolve("login");
    Files.writeString(program, "#!/bin/sh\necho >>'" + directory + "/calls'\n" + script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return plugin("./login", "Never");
  }

  private ExecPlugin plugin(String command, String mode) throws IOException {
    String exec =
        "{\"exec\":{\"apiVersion\":\""
            + VERSION
            + "\",\"command\":\""
            + command
            + "\",\"interactiveMode\":\""
            + mode
            + "\",\"args\":[\"a b\"],\"env\":[{\"name\":\"MY\",\"value\":\"own\"}],"
            + "\"provideClusterInfo\":true}}";
    return ExecPlugin.of(
        entry("user", exec),
        entry("cluster", "{\"server\":\"https://host\"}"),
        Map.of("PATH", System.getenv("PATH"), "OUTER", "outer"));
  }

  private ConfigEntry entry(String kind, String json) {
    return new ConfigEntry(kind, directory, JsonParser.parseString(json).getAsJsonObject());
  }

  private static String credential(String status) {
    return "cat <<END\n{\"kind\":\"ExecCredential\",\"apiVersion\":\""
        + VERSION
        + "\",\"status\":{"
        + status
        + "}}\nEND\n";
  }

  private int calls() throws IOException {
    return Files.readAllLines(directory.resolve("calls")).size();
  }

  @Test
  void itGetsItsArgumentsAndVariablesAndTheCluster() throws Exception {
    ExecPlugin plugin =
        plugin(
            "echo \"$KUBERNETES_EXEC_INFO\" >'"
                + directory
                + "/info'\n"
                + credential("\"token\":\"$1-$MY-$OUTER-$(cat)\""));
    assertThat(plugin.token()).isEqualTo("a b-own-outer-");
    assertThat(Files.readString(directory.resolve("info")))
        .contains("\"interactive\":false", "\"server\":\"https://host\"", VERSION);
  }

  @Test
  void itRunsAgainOnlyWhenTheCredentialsExpireOrAreRefused() throws Exception {
    ExecPlugin plugin =
        plugin(credential("\"token\":\"t\",\"expirationTimestamp\":\"2999-01-01T00:00:00Z\""));
    assertThat(plugin.token()).isEqualTo("t");
    assertThat(plugin.token()).isEqualTo("t");
    assertThat(plugin.identity()).isNull();
    assertThat(calls()).isEqualTo(1);
    assertThat(plugin.renew()).isTrue();
    assertThat(plugin.token()).isEqualTo("t");
    assertThat(calls()).isEqualTo(2);

    ExecPlugin expired =
        plugin(credential("\"token\":\"t\",\"expirationTimestamp\":\"2001-01-01T00:00:00Z\""));
    assertThat(expired.token()).isEqualTo("t");
    assertThat(expired.token()).isEqualTo("t");
    assertThat(calls()).isEqualTo(4);
  }

  @Test
  void itCanObtainACertificate() throws Exception {
    ExecPlugin plugin =
        plugin(credential("\"clientCertificateData\":\"c\",\"clientKeyData\":\"k\""));
    assertThat(plugin.token()).isNull();
    assertThat(plugin.identity()).isNotNull();
  }

  @Test
  void failuresSayWhatToDo() throws Exception {
    assertThatThrownBy(() -> plugin("echo 'no session' >&2; exit 3").token())
        .hasMessageEndingWith("login ended with exit code 3: no session; log in again");
    assertThatThrownBy(() -> plugin("echo hello").token()).hasMessageContaining("not valid JSON");
    assertThatThrownBy(() -> plugin("echo '{}'").token())
        .hasMessageContaining("did not print an ExecCredential");
    assertThatThrownBy(() -> plugin(credential("")).token())
        .hasMessageContaining("neither a token nor a certificate");
    assertThatThrownBy(() -> plugin("no-such-program-at-all", "Never").token())
        .hasMessageContaining("no-such-program-at-all");
    assertThatThrownBy(() -> plugin("./login", "Always"))
        .hasMessageContaining("exec needs a terminal");
  }

  @Test
  void aProgramThatHangsIsKilledWithItsChildren() throws Exception {
    Path pids = directory.resolve("pids");
    PluginProcess process =
        new PluginProcess(
            List.of(
                "sh", "-c", "sleep 1000 & echo $! >'" + pids + "'; echo $$ >>'" + pids + "'; wait"),
            System.getenv(),
            Duration.ofSeconds(2));
    assertThatThrownBy(process::run).hasMessage("sh did not end within 2 s");
    for (String pid : Files.readAllLines(pids)) {
      ProcessHandle.of(Long.parseLong(pid))
          .ifPresent(left -> assertThat(left.onExit()).succeedsWithin(Duration.ofSeconds(20)));
    }
  }
}

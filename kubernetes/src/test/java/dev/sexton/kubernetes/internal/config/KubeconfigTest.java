package dev.sexton.kubernetes.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.internal.http.Address;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubeconfigTest {
  private static final String CONTEXT =
      "contexts:\n- context:\n    cluster: c\n    user: u\n  name: x\n";
  private static final String CLUSTER =
      "clusters:\n- cluster:\n    server: https://host:6443\n  name: c\n";
  private static final String USER = "users:\n- name: u\n  user:\n    token: secret\n";

  @TempDir private Path directory;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private ClusterAccess access(String... texts) throws IOException {
    StringBuilder files = new StringBuilder(directory.resolve("missing").toString());
    for (int i = 0; i < texts.length; i++) {
      files.append(File.pathSeparator).append(write("config" + i, texts[i]));
    }
    return AccessReader.read(new Place("x", "n"), Map.of("KUBECONFIG", files.toString()));
  }

  @Test
  void aContextLeadsToItsClusterAndUser() throws Exception {
    ClusterAccess access = access(CONTEXT + CLUSTER + USER);

    assertThat(((Address.Tls) access.address()).tcp()).isEqualTo(new Address.Tcp("host", 6443));
    assertThat(access.prefix()).isEmpty();
    assertThat(access.credentials().token()).isEqualTo("secret");
    assertThat(access.credentials()).hasToString("the user \"u\" in " + directory + "/config0");
  }

  @Test
  void theFirstFileThatHasAnEntryDecides() throws Exception {
    ClusterAccess access =
        access(CLUSTER, CONTEXT + CLUSTER.replace("host", "other"), USER, "users: []\n");

    assertThat(((Address.Tls) access.address()).tcp().host()).isEqualTo("host");
    assertThat(access.credentials().token()).isEqualTo("secret");
  }

  @Test
  void theUsualFileIsInTheHome() throws Exception {
    Files.createDirectory(directory.resolve(".kube"));
    write(".kube/config", CONTEXT + CLUSTER + USER);

    Map<String, String> environment = Map.of("HOME", directory.toString());
    assertThat(AccessReader.read(new Place("x", "n"), environment).credentials().token())
        .isEqualTo("secret");
  }

  @Test
  void aTokenFileIsReadForEachRequest() throws Exception {
    ClusterAccess access =
        access(CONTEXT + CLUSTER + USER.replace("token: secret", "tokenFile: t"));
    assertThatThrownBy(() -> access.credentials().token())
        .hasMessageStartingWith("there is no token in " + directory + "/t");
    write("t", "one\n");
    assertThat(access.credentials().token()).isEqualTo("one");
    write("t", "two\n");
    assertThat(access.credentials().token()).isEqualTo("two");
  }

  @ParameterizedTest
  @CsvSource({
    "https://host, host, 443, ''",
    "https://host:1/, host, 1, ''",
    "https://[::1]:6443/k8s/clusters/c-1/, ::1, 6443, /k8s/clusters/c-1"
  })
  void serversMayHaveAPath(String server, String host, int port, String prefix) throws Exception {
    ClusterAccess access = access(CONTEXT + CLUSTER.replace("https://host:6443", server) + USER);
    assertThat(((Address.Tls) access.address()).tcp()).isEqualTo(new Address.Tcp(host, port));
    assertThat(access.prefix()).isEqualTo(prefix);
  }

  @Test
  void credentialsAreNotSentOverHttp() throws Exception {
    String plain = CLUSTER.replace("https", "http");
    assertThatThrownBy(() -> access(CONTEXT + plain + USER))
        .hasMessageEndingWith("credentials are not sent over http; use https://");
    assertThat(access(CONTEXT.replace("    user: u\n", "") + plain).address())
        .isEqualTo(new Address.Tcp("host", 6443));
  }

  @ParameterizedTest
  @CsvSource({
    "insecure-skip-tls-verify: true, insecure-skip-tls-verify is not supported; set",
    "proxy-url: http://proxy, proxy-url is not supported; use a context",
    "certificate-authority-data: '?', certificate-authority-data is not in Base64",
    "certificate-authority: missing.pem, there is no"
  })
  void clustersThatAreNotSupportedAreErrors(String line, String message) {
    String cluster = CLUSTER.replace("  name: c", "    " + line + "\n  name: c");
    assertThatThrownBy(() -> access(CONTEXT + cluster + USER)).hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "username: me, username is not supported; use a token",
    "as: root, as is not supported; use a user of its own",
    "auth-provider: {}, auth-provider is not supported",
    "client-key: k, there is no",
    "exec: {}, both exec and other credentials"
  })
  void usersThatAreNotSupportedAreErrors(String line, String message) {
    assertThatThrownBy(() -> access(CONTEXT + CLUSTER + USER + "    " + line))
        .hasMessageContaining(message);
  }

  @Test
  void whatIsMissingIsNamedWithWhatThereIs() {
    assertThatThrownBy(() -> access(CONTEXT.replace("name: x", "name: y") + CLUSTER + USER))
        .hasMessage("there is no context \"x\" in the kubeconfig, only: y");
    assertThatThrownBy(() -> access(CONTEXT + CLUSTER.replace("name: c", "name: d") + USER))
        .hasMessage("there is no cluster \"c\" in the kubeconfig, only: d");
    assertThatThrownBy(() -> access(CONTEXT + USER + CLUSTER.replace("server", "serve")))
        .hasMessageEndingWith("cannot be used: server is missing");
    assertThatThrownBy(this::access)
        .hasMessage("there is no kubeconfig at " + directory + "/missing; set KUBECONFIG");
    assertThatThrownBy(() -> access("a: |"))
        .hasMessageStartingWith(directory + "/config0, line 1: ");
  }

  @Test
  void aServiceAccountIsInItsDirectory() throws Exception {
    Map<String, String> environment =
        Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "KUBERNETES_SERVICE_PORT", "443");
    assertThatThrownBy(() -> ServiceAccount.access(environment, directory))
        .hasMessageStartingWith("this process is not in a pod with a service account");
    write("token", "t\n");
    write("ca.crt", "");
    ClusterAccess access = ServiceAccount.access(environment, directory);
    assertThat(((Address.Tls) access.address()).tcp()).isEqualTo(new Address.Tcp("10.0.0.1", 443));
    assertThat(access.credentials().token()).isEqualTo("t");
  }
}

package dev.sexton.docker.internal.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.docker.DockerProviderFactory;
import dev.sexton.internal.http.Address;
import dev.sexton.internal.http.SshDestination;
import dev.sexton.spi.ResourceProvider;
import dev.sexton.spi.ResourceProviderFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineDiscoveryTest {
  /// The output of `printf my-context | sha256sum`.
  private static final String MY_CONTEXT_SHA256 =
      "60b9683c6c2b05b8adc06ff4d150b15a5c69d74c7a7ee35bd733df12861dd2b0";

  @TempDir Path root;
  private Path home;
  private Path runtime;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void home() throws IOException {
    home = Files.createDirectories(root.resolve("home/me"));
    runtime = Files.createDirectories(root.resolve("run/user/1000"));
    environment.put("HOME", home.toString());
    environment.put("XDG_RUNTIME_DIR", runtime.toString());
  }

  @Test
  void machineWithoutEnginesHasNone() {
    assertThat(discover()).isEmpty();
  }

  @Test
  void everySocketThatExistsIsAnEngine() throws IOException {
    Path docker = file(root.resolve("var/run/docker.sock"), "");
    Path rootless = file(runtime.resolve("docker.sock"), "");
    Path desktop = file(home.resolve(".docker/run/docker.sock"), "");
    Path linuxDesktop = file(home.resolve(".docker/desktop/docker.sock"), "");
    Path podman = file(runtime.resolve("podman/podman.sock"), "");
    Path rootPodman = file(root.resolve("run/podman/podman.sock"), "");

    assertThat(discover())
        .containsExactly(
            usable("Docker", docker),
            usable("Docker", rootless),
            usable("Docker", desktop),
            usable("Docker", linuxDesktop),
            usable("Podman", podman),
            usable("Podman", rootPodman));
  }

  @Test
  void oneEngineWithTwoPathsIsAskedOnce() throws IOException {
    Path real = file(home.resolve(".docker/run/docker.sock"), "");
    Path link = root.resolve("var/run/docker.sock");
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, real);

    assertThat(discover()).containsExactly(usable("Docker", link));
  }

  @ParameterizedTest
  @CsvSource({
    "unix:///some/docker.sock, unix:///some/docker.sock",
    "unix://, unix:///var/run/docker.sock",
    "tcp://localhost:2375, tcp://localhost:2375",
    "tcp://box, tcp://box:2375",
    "tcp://, tcp://localhost:2375",
    "box:1234, tcp://box:1234",
    "10.0.0.1, tcp://10.0.0.1:2375",
    "' tcp://[::1]:99/base ', tcp://[::1]:99",
    "tcp://[::1], tcp://[::1]:2375",
  })
  void dockerHostIsTakenAsItIs(String host, String address) throws IOException {
    file(root.resolve("var/run/docker.sock"), "");
    config("{\"currentContext\":\"my-context\"}");
    environment.put("DOCKER_CONTEXT", "my-context");
    environment.put("DOCKER_HOST", host);

    assertThat(discover()).hasSize(1);
    assertThat(discover().getFirst())
        .isInstanceOfSatisfying(
            Engine.Usable.class, engine -> assertThat(engine.address().text()).isEqualTo(address));
  }

  @Test
  void podmanIsCalledByItsName() {
    environment.put("DOCKER_HOST", "unix:///run/podman/podman.sock");
    assertThat(discover())
        .extracting(Engine::name)
        .containsExactly("Podman at unix:///run/podman/podman.sock");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssh://",
        "ssh://-oProxyCommand=x",
        "ssh://-l@box",
        "ssh://box:0",
        "ssh://box/a;b",
        "ssh://a`b`@box",
        "ssh://me:secret@box",
        "ssh://box?a=b",
        "npipe:////./pipe/docker_engine",
        "fd://",
        "http://box:2375",
        "tcp://box:x",
        "tcp://box:0",
        "tcp://box:65536",
        "tcp://a\r\nb",
        "unix://\0",
        "tcp://box:2375 x"
      })
  void engineThatCannotBeUsedIsNotPassedOver(String host) throws IOException {
    file(root.resolve("var/run/docker.sock"), "");
    environment.put("DOCKER_HOST", host);
    assertThat(discover()).hasSize(1);
    assertThat(discover().getFirst()).isInstanceOf(Engine.Unusable.class);
  }

  @Test
  void everyCallOfAnUnusableOneSaysWhy() {
    environment.put("DOCKER_HOST", "npipe://box");
    ResourceProvider provider = new DockerProviderFactory().discover(environment).getFirst();
    assertThat(provider.name()).isEqualTo("Docker at npipe://box (DOCKER_HOST)");
    assertThatThrownBy(() -> provider.find(Set.of("k")))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Docker at npipe://box (DOCKER_HOST) cannot be used: npipe:// is not supported; set"
                + " DOCKER_HOST to a unix:// socket, or to a tcp:// or ssh:// address");
  }

  @ParameterizedTest
  @CsvSource({
    "ssh://me@box, me, box, 0, ''",
    "ssh://box:2222/, '', box, 2222, ''",
    "ssh://dom%40in@10.0.0.1, dom@in, 10.0.0.1, 0, ''",
    "ssh://me@[fe80::1%eth0]:22, me, fe80::1%eth0, 22, ''",
    "ssh://me@box/run/user/1000/podman/podman.sock, me, box, 0, /run/user/1000/podman/podman.sock"
  })
  void anotherMachineIsReachedBySsh(
      String host, String user, String name, int port, String socket) {
    environment.put("DOCKER_HOST", host);
    environment.put("DOCKER_TLS", "1");
    assertThat(discover())
        .singleElement()
        .isInstanceOfSatisfying(
            Engine.Usable.class,
            engine ->
                assertThat(engine.address())
                    .isEqualTo(
                        new Address.Ssh(
                            new SshDestination(user, name, port, socket), environment)));
  }

  @Test
  void aContextCanLeadToAnotherMachine() throws IOException {
    context(home.resolve(".docker"), "{\"Endpoints\":{\"docker\":{\"Host\":\"ssh://me@box\"}}}");
    environment.put("DOCKER_CONTEXT", "my-context");
    assertFindsOnly(
        "Docker at ssh://me@box",
        new Address.Ssh(new SshDestination("me", "box", 0, ""), environment));
  }

  @Test
  void aPasswordIsNotRepeated() {
    environment.put("DOCKER_HOST", "ssh://me:secret@box");
    assertThat(discover())
        .containsExactly(
            new Engine.Unusable(
                "Docker at ssh://me:***@box (DOCKER_HOST)",
                "not an engine address: the address contains a password; remove it, and use a key"));
  }

  @Test
  void tlsIsForTcpOnlyAndItsCertificatesAreWhereTheDockerCommandHasThem() {
    environment.put("DOCKER_TLS_VERIFY", "1");
    environment.put("DOCKER_HOST", "tcp://box");
    environment.put("HOME", "/home/me");
    assertFindsOnly(
        "Docker at tcp://box",
        new Address.Tls(
            new Address.Tcp("box", 2376), EngineHost.certificates(Path.of("/home/me/.docker"))));
    environment.put("DOCKER_CERT_PATH", "/certificates");
    assertFindsOnly(
        "Docker at tcp://box",
        new Address.Tls(
            new Address.Tcp("box", 2376), EngineHost.certificates(Path.of("/certificates"))));
    environment.put("DOCKER_HOST", "unix:///x.sock");
    assertFindsOnly("Docker at unix:///x.sock", new Address.Unix(Path.of("/x.sock")));
  }

  private void assertFindsOnly(String name, Address address) {
    assertThat(discover()).containsExactly(new Engine.Usable(name, address));
  }

  @Test
  void tlsWithoutVerificationIsRefused() {
    environment.put("DOCKER_TLS", "1");
    environment.put("DOCKER_HOST", "tcp://box:2376");
    assertThat(discover().getFirst())
        .isInstanceOfSatisfying(
            Engine.Unusable.class,
            engine ->
                assertThat(engine.problem())
                    .isEqualTo(
                        "TLS without verification is not supported; set DOCKER_TLS_VERIFY=1"));
  }

  @Test
  void contextOfTheEnvironmentGoesBeforeTheOneOfTheFile() throws IOException {
    config("{\"currentContext\":\"other\"}");
    context(home.resolve(".docker"), "{\"Endpoints\":{\"docker\":{\"Host\":\"unix:///c.sock\"}}}");
    assertThat(discover()).hasSize(1);
    assertThat(discover().getFirst())
        .isInstanceOfSatisfying(
            Engine.Unusable.class,
            engine -> {
              assertThat(engine.name()).isEqualTo("Docker (context other)");
              assertThat(engine.problem())
                  .startsWith("there is no " + home.resolve(".docker/contexts/meta/"))
                  .endsWith("choose another with DOCKER_CONTEXT or DOCKER_HOST");
            });
    environment.put("DOCKER_CONTEXT", "my-context");
    assertThat(discover()).containsExactly(usable("Docker", Path.of("/c.sock")));
  }

  @Test
  void currentContextIsFollowed() throws IOException {
    config("{\"currentContext\":\"my-context\",\"auths\":{}}");
    context(home.resolve(".docker"), "{\"Endpoints\":{\"docker\":{\"Host\":\"unix:///c.sock\"}}}");
    assertThat(discover()).containsExactly(usable("Docker", Path.of("/c.sock")));
  }

  @Test
  void defaultContextByPassesTheFile() throws IOException {
    Path docker = file(root.resolve("var/run/docker.sock"), "");
    config("{\"currentContext\":\"my-context\"}");
    environment.put("DOCKER_CONTEXT", "default");
    assertThat(discover()).containsExactly(usable("Docker", docker));
  }

  @Test
  void dockerConfigMovesFileAndContexts() throws IOException {
    Path moved = root.resolve("moved");
    file(moved.resolve("config.json"), "{\"currentContext\":\"my-context\"}");
    context(moved, "{\"Endpoints\":{\"docker\":{\"Host\":\"tcp://box:1\"}}}");
    environment.put("DOCKER_CONFIG", moved.toString());
    assertFindsOnly("Docker at tcp://box:1", new Address.Tcp("box", 1));
    // The context has certificates, so its engine uses TLS.
    Path certificates = moved.resolve("contexts/tls/" + MY_CONTEXT_SHA256 + "/docker");
    file(certificates.resolve("ca.pem"), "");
    assertFindsOnly(
        "Docker at tcp://box:1",
        new Address.Tls(new Address.Tcp("box", 1), EngineHost.certificates(certificates)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "[]",
        "{}",
        "{\"Endpoints\":null}",
        "{\"Endpoints\":{\"docker\":7}}"
      })
  void contextThatCannotBeReadIsNotPassedOver(String meta) throws IOException {
    file(root.resolve("var/run/docker.sock"), "");
    context(home.resolve(".docker"), meta);
    environment.put("DOCKER_CONTEXT", "my-context");
    assertThat(discover()).hasSize(1);
    assertThat(discover().getFirst()).isInstanceOf(Engine.Unusable.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "no json", "[]", "{}", "{\"currentContext\":null}", "{\"currentContext\":[]}"})
  void configThatNamesNoContextChangesNothing(String config) throws IOException {
    Path docker = file(root.resolve("var/run/docker.sock"), "");
    config(config);
    assertThat(discover()).containsExactly(usable("Docker", docker));
  }

  @Test
  void emptyVariablesAreUnset() throws IOException {
    Path docker = file(root.resolve("var/run/docker.sock"), "");
    for (String name :
        List.of("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "XDG_RUNTIME_DIR")) {
      environment.put(name, "");
    }
    assertThat(discover()).containsExactly(usable("Docker", docker));
  }

  @Test
  void pathsThatAreNoneDoNotThrow() {
    environment.put("HOME", "\0");
    assertThat(discover()).hasSize(1);
    assertThat(discover().getFirst()).isInstanceOf(Engine.Unusable.class);
  }

  @Test
  void serviceLoaderFindsTheFactory() {
    assertThat(ServiceLoader.load(ResourceProviderFactory.class).stream())
        .anySatisfy(provider -> assertThat(provider.type()).isEqualTo(DockerProviderFactory.class));
  }

  private List<Engine> discover() {
    return new EngineDiscovery(environment, root).discover();
  }

  private static Engine usable(String brand, Path socket) {
    return new Engine.Usable(brand + " at unix://" + socket, new Address.Unix(socket));
  }

  private void config(String text) throws IOException {
    file(home.resolve(".docker/config.json"), text);
  }

  private void context(Path directory, String meta) throws IOException {
    file(directory.resolve("contexts/meta/" + MY_CONTEXT_SHA256 + "/meta.json"), meta);
  }

  private static Path file(Path path, String text) throws IOException {
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text);
  }
}

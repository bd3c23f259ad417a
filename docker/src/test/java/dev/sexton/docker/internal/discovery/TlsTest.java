package dev.sexton.docker.internal.discovery;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.internal.http.Address;
import dev.sexton.internal.http.HttpClient;
import dev.sexton.internal.http.HttpResponse;
import dev.sexton.internal.http.TimeLimitException;
import dev.sexton.testsupport.Gate;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests TLS against a server that wants to know its clients. The certificates are made by keytool.
@Gate("runs keytool several times")
@Timeout(60)
class TlsTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String PASSWORD = "changeit";

  @TempDir private static Path stores;
  private static Authority ours;
  private static Authority others;

  @TempDir private Path certificates;
  private @Nullable ServerSocket server;

  /// An authority that signs certificates.
  private record Authority(String name) {
    static Authority create(String name) throws Exception {
      keytool(
          name,
          "-genkeypair",
          "-alias",
          "ca",
          "-keyalg",
          "RSA",
          "-dname",
          "CN=" + name,
          "-ext",
          "bc:c");
      return new Authority(name);
    }

    /// Writes a store with a key and a certificate of this authority, and returns its path.
    Path issue(String owner, String extension, String start, int days) throws Exception {
      String store = name + "-" + owner;
      if (Files.exists(stores.resolve(store + ".p12"))) {
        return stores.resolve(store + ".p12"); // Of an earlier test.
      }
      keytool(store, "-genkeypair", "-alias", "own", "-keyalg", "RSA", "-dname", "CN=" + owner);
      keytool(store, "-certreq", "-alias", "own", "-file", file(store + ".csr"));
      keytool(
          name,
          "-gencert",
          "-alias",
          "ca",
          "-rfc",
          "-infile",
          file(store + ".csr"),
          "-outfile",
          file(store + ".crt"),
          "-ext",
          extension,
          "-startdate",
          start,
          "-validity",
          "" + days);
      writeCertificate(Path.of(file(store + ".ca")));
      keytool(store, "-importcert", "-alias", "ca", "-noprompt", "-file", file(store + ".ca"));
      keytool(store, "-importcert", "-alias", "own", "-noprompt", "-file", file(store + ".crt"));
      return Path.of(file(store + ".p12"));
    }

    void writeCertificate(Path file) throws Exception {
      keytool(name, "-exportcert", "-alias", "ca", "-rfc", "-file", file.toString());
    }
  }

  private static String file(String name) {
    return stores.resolve(name).toString();
  }

  private static void keytool(String store, String... arguments) throws Exception {
    String[] command =
        Arrays.copyOf(
            new String[] {
              Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
              arguments[0],
              "-keystore",
              file(store + ".p12"),
              "-storetype",
              "PKCS12",
              "-storepass",
              PASSWORD
            },
            7 + arguments.length);
    System.arraycopy(arguments, 1, command, 8, arguments.length - 1);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  @BeforeAll
  static void createAuthorities() throws Exception {
    ours = Authority.create("ours");
    others = Authority.create("others");
  }

  @AfterEach
  void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  private static KeyStore load(Path store) throws Exception {
    return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
  }

  /// Starts a server with the certificate in a store, for clients of our authority.
  private Address.Tls serve(Path store, boolean clientsAreKnown) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(load(store), PASSWORD.toCharArray());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", load(stores.resolve("ours.p12")).getCertificate("ca"));
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    SSLServerSocket socket =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    socket.setNeedClientAuth(clientsAreKnown);
    return listen(socket);
  }

  /// Answers each request with its body.
  private Address.Tls listen(ServerSocket socket) {
    server = socket;
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          while (!socket.isClosed()) {
            try (Socket connection = socket.accept()) {
              answer(connection);
            } catch (IOException refused) {
              // The client reports it.
            }
          }
        });
    return address(socket.getLocalPort());
  }

  private static void answer(Socket connection) throws IOException {
    InputStream in = connection.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return;
      }
      head.append((char) next);
    }
    int length =
        Integer.parseInt(head.toString().replaceAll("(?s).*Content-Length: (\\d+).*", "$1"));
    byte[] body = in.readNBytes(length);
    OutputStream out = connection.getOutputStream();
    out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n").getBytes(US_ASCII));
    out.write(body);
    out.flush();
  }

  private Address.Tls address(int port) {
    return new Address.Tls(
        new Address.Tcp("localhost", port), EngineHost.certificates(certificates));
  }

  private Path usual() throws Exception {
    return ours.issue("server", "san=dns:localhost", "-1d", 10);
  }

  /// Writes the client's files.
  private void client(Authority trusted, Path store, boolean pkcs1) throws Exception {
    trusted.writeCertificate(certificates.resolve("ca.pem"));
    var entry = load(store);
    byte[] key = entry.getKey("own", PASSWORD.toCharArray()).getEncoded();
    if (pkcs1) {
      key =
          Arrays.copyOfRange(
              key, 26, key.length); // What PKCS #8 has before it, for 2,048 bits or more.
    }
    write("key.pem", pkcs1 ? "RSA PRIVATE KEY" : "PRIVATE KEY", key);
    write("cert.pem", "CERTIFICATE", entry.getCertificate("own").getEncoded());
  }

  private void write(String name, String what, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        certificates.resolve(name),
        "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
  }

  private static HttpResponse ask(Address address) throws IOException {
    return new HttpClient("Docker", address).exchange("POST", "/x", "{\"a\":1}", LIMIT);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anEngineAndItsClientProveWhoTheyAre(boolean pkcs1) throws Exception {
    Address.Tls address = serve(usual(), true);
    client(ours, ours.issue("client", "eku=clientAuth", "-1d", 10), pkcs1);

    assertThat(ask(address).text()).isEqualTo("{\"a\":1}");
  }

  @Test
  void anEngineOfAnotherAuthorityIsNotAsked() throws Exception {
    Address.Tls address = serve(usual(), false);
    client(others, ours.issue("client", "eku=clientAuth", "-1d", 10), false);

    assertThatThrownBy(() -> ask(address))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("was not issued by the authority in " + certificates + "/ca.pem");
  }

  @Test
  void anEngineWithAnotherNameIsNotAsked() throws Exception {
    Address.Tls address = serve(ours.issue("other", "san=dns:elsewhere", "-1d", 10), false);
    ours.writeCertificate(certificates.resolve("ca.pem"));

    assertThatThrownBy(() -> ask(address))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is for another host than localhost");
  }

  @Test
  void anEngineWhoseCertificateExpiredIsNotAsked() throws Exception {
    Address.Tls address = serve(ours.issue("expired", "san=dns:localhost", "-9d", 2), false);
    ours.writeCertificate(certificates.resolve("ca.pem"));

    assertThatThrownBy(() -> ask(address))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("its certificate is not valid now")
        .hasMessageContaining("renew it");
  }

  @Test
  void aClientThatIsRefusedIsToldSo() throws Exception {
    Address.Tls address = serve(usual(), true);
    client(ours, others.issue("client", "eku=clientAuth", "-1d", 10), false);

    assertThatThrownBy(() -> ask(address))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Docker cannot be reached: ")
        .hasMessageMatching(".*(refused this client|closed right after the handshake).*")
        .hasMessageEndingWith("in " + certificates);
  }

  @Test
  void anEngineWithoutTlsIsNotAsked() throws Exception {
    ServerSocket plain = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server = plain;
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try (Socket connection = plain.accept()) {
            connection
                .getOutputStream()
                .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
            connection.getInputStream().readAllBytes();
          } catch (IOException closed) {
            // By the client.
          }
        });
    Address.Tls address = address(plain.getLocalPort());
    ours.writeCertificate(certificates.resolve("ca.pem"));

    assertThatThrownBy(() -> ask(address))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it does not use TLS at this port");
  }

  @Test
  void anEngineThatDoesNotAnswerExceedsTheLimit() throws Exception {
    ours.writeCertificate(certificates.resolve("ca.pem"));
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      HttpClient client = new HttpClient("Docker", address(silent.getLocalPort()));

      assertThatThrownBy(() -> client.exchange("GET", "/", Duration.ofMillis(300)))
          .isInstanceOf(TimeLimitException.class);
    }
  }

  @Test
  void filesThatAreMissingOrUnusableAreNamed() throws Exception {
    Address.Tls address = serve(usual(), true);
    assertThatThrownBy(() -> ask(address))
        .hasMessageContaining("there is no " + certificates + "/ca.pem");

    client(ours, ours.issue("client", "eku=clientAuth", "-1d", 10), false);
    write("key.pem", "ENCRYPTED PRIVATE KEY", new byte[20]);
    assertThatThrownBy(() -> ask(address)).hasMessageContaining("key.pem is encrypted");
    write("key.pem", "EC PRIVATE KEY", new byte[20]);
    assertThatThrownBy(() -> ask(address)).hasMessageContaining("openssl pkcs8");
    Files.writeString(certificates.resolve("ca.pem"), "nothing");
    assertThatThrownBy(() -> ask(address)).hasMessageContaining("ca.pem contains no");
  }
}

package dev.sexton.internal.fleet;

import dev.sexton.testsupport.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// An authority, and certificates that it has issued for a server on loopback and for a client.
record Certificates(Path directory) {
  /// Creates them with openssl.
  static Certificates create(Path directory) throws IOException {
    Certificates made = new Certificates(Files.createDirectories(directory));
    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=authority of " + directory.getFileName(),
        "-keyout",
        made.file("ca-key.pem"),
        "-out",
        made.file("ca.pem"));
    made.issue("server", "subjectAltName=IP:127.0.0.1");
    made.issue("client", "extendedKeyUsage=clientAuth");
    return made;
  }

  private void issue(String name, String extension) throws IOException {
    Path extensions = Files.writeString(directory.resolve(name + ".ext"), extension + "\n");
    openssl(
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=" + name,
        "-keyout",
        file(name + "-key.pem"),
        "-out",
        file(name + ".csr"));
    openssl(
        "x509",
        "-req",
        "-days",
        "2",
        "-in",
        file(name + ".csr"),
        "-CA",
        file("ca.pem"),
        "-CAkey",
        file("ca-key.pem"),
        "-CAcreateserial",
        "-extfile",
        extensions.toString(),
        "-out",
        file(name + ".pem"));
  }

  private static void openssl(String... arguments) {
    Commands.run(Stream.concat(Stream.of("openssl"), List.of(arguments).stream()).toList());
  }

  /// Returns the path of a file.
  String file(String name) {
    return directory.resolve(name).toString();
  }

  /// Returns a directory as `SEXTON_FLEET_CERT_PATH` names it.
  Path client() throws IOException {
    Path client = withoutClient().resolveSibling("client");
    Files.createDirectories(client);
    copy("ca.pem", client.resolve("ca.pem"));
    copy("client.pem", client.resolve("cert.pem"));
    copy("client-key.pem", client.resolve("key.pem"));
    return client;
  }

  /// Returns such a directory with nothing but the authority.
  Path withoutClient() throws IOException {
    Path trusting = Files.createDirectories(directory.resolve("trusting"));
    copy("ca.pem", trusting.resolve("ca.pem"));
    return trusting;
  }

  private void copy(String name, Path target) throws IOException {
    Files.write(target, Files.readAllBytes(directory.resolve(name)));
  }
}

package dev.sexton.docker.internal.discovery;

import dev.sexton.internal.http.Pem;
import dev.sexton.internal.http.TlsMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The certificates that the docker command uses.
///
/// @param directory the directory with `ca.pem`, and with `cert.pem` and `key.pem` if the engine
///   wants to know its clients
record DockerCertificates(Path directory) implements TlsMaterial {
  @Override
  public SSLContext context() throws IOException {
    return Pem.context(read("ca.pem"), identity());
  }

  private Pem.@Nullable Identity identity() throws IOException {
    return Files.exists(directory.resolve("cert.pem"))
        ? new Pem.Identity(read("cert.pem"), read("key.pem"))
        : null;
  }

  private Pem.Source read(String name) throws IOException {
    Path file = directory.resolve(name);
    if (!Files.exists(file)) {
      throw new IOException(
          "there is no " + file + "; name the directory with the certificates in DOCKER_CERT_PATH");
    }
    return Pem.Source.of(file);
  }

  @Override
  public String authority() {
    return "the authority in "
        + directory
        + "/ca.pem; name the directory with the right one in DOCKER_CERT_PATH";
  }

  @Override
  public String checkOwn() {
    return "check cert.pem and key.pem in " + directory;
  }

  @Override
  public String checkAll() {
    return "check the certificates in " + directory;
  }

  @Override
  public String plain() {
    return "unset DOCKER_TLS_VERIFY";
  }
}

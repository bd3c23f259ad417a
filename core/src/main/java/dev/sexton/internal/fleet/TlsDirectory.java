package dev.sexton.internal.fleet;

import dev.sexton.internal.http.Pem;
import dev.sexton.internal.http.TlsMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The certificates for the store of a fleet.
///
/// @param directory the directory with `ca.pem`, and with `cert.pem` and `key.pem` if the store
///   wants to know its clients
record TlsDirectory(Path directory) implements TlsMaterial {
  /// The variable that names the directory.
  static final String VARIABLE = "SEXTON_FLEET_CERT_PATH";

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
          "there is no " + file + "; name the directory with the certificates in " + VARIABLE);
    }
    return Pem.Source.of(file);
  }

  @Override
  public String authority() {
    return "the authority in "
        + directory
        + "/ca.pem; name the directory with the right one in "
        + VARIABLE;
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
    return "unset " + VARIABLE;
  }
}

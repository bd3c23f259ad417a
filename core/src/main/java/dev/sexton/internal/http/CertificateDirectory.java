package dev.sexton.internal.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The certificates in a directory: `ca.pem`, and `cert.pem` and `key.pem` if the server wants to
/// know its clients. The docker command uses this form.
///
/// @param directory the directory
/// @param variable the variable that names it
/// @param tlsVariable the variable without which TLS is not used
public record CertificateDirectory(Path directory, String variable, String tlsVariable)
    implements TlsMaterial {
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
          "there is no " + file + "; name the directory with the certificates in " + variable);
    }
    return Pem.Source.of(file);
  }

  @Override
  public String authority() {
    return "the authority in "
        + directory
        + "/ca.pem; name the directory with the right one in "
        + variable;
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
    return "unset " + tlsVariable;
  }
}

package dev.sexton.kubernetes.internal.config;

import dev.sexton.internal.http.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Credentials that a kubeconfig or a service account has. The token's file is read for each
/// request, because a service account's token is replaced every hour.
///
/// @param source where they come from
/// @param inlineToken the token; null if it is in a file, or there is none
/// @param tokenFile the file with the token; null for none
/// @param identity the certificate; null for none
record StoredCredentials(
    String source,
    @Nullable String inlineToken,
    @Nullable Path tokenFile,
    Pem.@Nullable Identity identity)
    implements Credentials {
  @Override
  public @Nullable String token() throws IOException {
    if (tokenFile == null) {
      return inlineToken;
    }
    try {
      return Files.readString(tokenFile, StandardCharsets.UTF_8).strip();
    } catch (NoSuchFileException missing) {
      throw new IOException("there is no token in " + tokenFile + " (" + source + ")", missing);
    }
  }

  /// Leaves the token out.
  @Override
  public String toString() {
    return source;
  }
}

package dev.sexton.internal.http;

import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Explains why a connection with TLS fails.
final class TlsProblem {
  private TlsProblem() {}

  /// Returns the reason and the remedy; null if TLS is not the reason.
  static @Nullable String find(Address.Tls address, IOException failure) {
    TlsMaterial material = address.material();
    String all = "";
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      all += cause.getMessage() + "\n";
      if (cause instanceof CertificateExpiredException
          || cause instanceof CertificateNotYetValidException) {
        return "its certificate is not valid now (" + cause.getMessage() + "); renew it";
      }
    }
    // The JDK has no types for these.
    if (all.contains("No subject alternative") || all.contains("No name matching")) {
      return "its certificate is for another host than "
          + material.serverName(address.tcp().host())
          + "; use a name that the certificate has";
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertPathBuilderException
          || cause instanceof CertPathValidatorException) {
        return "its certificate was not issued by " + material.authority();
      }
    }
    if (all.contains("fatal alert")) {
      return "it refused this client (" + firstLine(failure) + "); " + material.checkOwn();
    }
    if (all.contains("Unsupported or unrecognized SSL message")) {
      return "it does not use TLS at this port; " + material.plain();
    }
    if (failure instanceof SSLException) {
      return "TLS failed (" + firstLine(failure) + "); " + material.checkAll();
    }
    return null;
  }

  private static String firstLine(IOException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }
}

package dev.sexton.internal.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Reads certificates and private keys in the forms that openssl writes, and makes from them what a
/// connection with TLS needs.
public final class Pem {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----([^-]+)-----END");

  /// The identifier of RSA keys with its empty parameters, in DER (RFC 8017, appendix A.1).
  private static final byte[] RSA = {
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  /// Protects nothing: the store exists only in memory.
  private static final char[] PASSWORD = {};

  private Pem() {}

  /// A text in PEM.
  ///
  /// @param name where it comes from, such as a file's path; begins error messages
  /// @param content the text, each byte as one character
  public record Source(String name, String content) {
    /// Reads a file.
    ///
    /// @throws IOException if it cannot be read; the message names it
    public static Source of(Path file) throws IOException {
      try {
        return new Source(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
      } catch (NoSuchFileException missing) {
        throw new IOException("there is no " + file, missing);
      }
    }
  }

  /// The certificate and the key by which a server knows its client.
  ///
  /// @param certificates the certificate, and those of the authorities between
  /// @param key the private key
  public record Identity(Source certificates, Source key) {}

  /// Returns what a connection needs.
  ///
  /// @param authorities the certificates of the trusted authorities; null for those that the Java
  ///   runtime trusts
  /// @param own the client's identity; null for none
  /// @throws IOException if one of the texts cannot be used; the message names it
  public static SSLContext context(@Nullable Source authorities, @Nullable Identity own)
      throws IOException {
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(authorities == null ? null : trusted(authorities));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(identity(own), PASSWORD);

      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException invalid) {
      throw new IOException("the certificates cannot be used: " + invalid.getMessage(), invalid);
    }
  }

  private static KeyStore trusted(Source authorities) throws GeneralSecurityException, IOException {
    KeyStore trusted = store();
    int number = 0;
    for (Certificate authority : certificates(authorities)) {
      trusted.setCertificateEntry("ca" + number++, authority);
    }
    return trusted;
  }

  private static KeyStore identity(@Nullable Identity own)
      throws GeneralSecurityException, IOException {
    KeyStore store = store();
    if (own != null) {
      store.setKeyEntry(
          "own",
          privateKey(own.key()),
          PASSWORD,
          certificates(own.certificates()).toArray(new Certificate[0]));
    }
    return store;
  }

  private static KeyStore store() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, PASSWORD);
    return store;
  }

  private static Collection<? extends Certificate> certificates(Source source) throws IOException {
    try (ByteArrayInputStream content =
        new ByteArrayInputStream(source.content().getBytes(StandardCharsets.ISO_8859_1))) {
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(content);
      if (found.isEmpty()) {
        throw new IOException(source.name() + " contains no certificate");
      }
      return found;
    } catch (GeneralSecurityException invalid) {
      throw new IOException(source.name() + " contains no valid certificate", invalid);
    }
  }

  /// Reads a key in the forms that openssl writes: PKCS #8, PKCS #1 (RSA) and SEC 1 (EC).
  private static PrivateKey privateKey(Source source) throws IOException {
    String text = source.content();
    Matcher matcher = KEY.matcher(text);
    if (!matcher.find()) {
      throw new IOException(
          source.name()
              + (text.contains("ENCRYPTED")
                  ? " is encrypted; write it without a password (openssl pkey)"
                  : " contains no private key"));
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(matcher.group(2));
      byte[] pkcs8 =
          switch (matcher.group(1)) {
            case "RSA PRIVATE KEY" -> pkcs8(RSA, der);
            case "EC PRIVATE KEY" ->
                throw new IOException(
                    source.name()
                        + " is in the form SEC 1; convert it: openssl pkcs8 -topk8 -nocrypt");
            default -> der;
          };
      return parse(pkcs8);
    } catch (GeneralSecurityException | IllegalArgumentException invalid) {
      throw new IOException(source.name() + " contains no valid private key", invalid);
    }
  }

  private static PrivateKey parse(byte[] pkcs8) throws GeneralSecurityException {
    GeneralSecurityException last = null;
    for (String algorithm : new String[] {"RSA", "EC", "Ed25519"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (GeneralSecurityException other) {
        last = other;
      }
    }
    throw new GeneralSecurityException("none of RSA, EC, Ed25519", last);
  }

  /// Returns `SEQUENCE { INTEGER 0, algorithm, OCTET STRING key }` (RFC 5208).
  private static byte[] pkcs8(byte[] algorithm, byte[] key) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(new byte[] {0x02, 0x01, 0x00});
    content.writeBytes(algorithm);
    content.writeBytes(value(0x04, key));
    return value(0x30, content.toByteArray());
  }

  private static byte[] value(int tag, byte[] content) {
    ByteArrayOutputStream der = new ByteArrayOutputStream();
    der.write(tag);
    if (content.length < 128) {
      der.write(content.length);
    } else {
      int bytes = content.length < 256 ? 1 : content.length < 65_536 ? 2 : 3;
      der.write(0x80 | bytes);
      for (int i = bytes - 1; i >= 0; i--) {
        der.write(content.length >> (8 * i));
      }
    }
    der.writeBytes(content);
    return der.toByteArray();
  }
}

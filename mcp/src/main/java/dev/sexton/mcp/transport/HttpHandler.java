package dev.sexton.mcp.transport;

import io.modelcontextprotocol.spec.HttpHeaders;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers the requests over HTTP. Thread-safe.
final class HttpHandler extends Handler.Abstract {
  static final String PATH = "/mcp";

  private static final Logger LOG = LoggerFactory.getLogger(HttpHandler.class);

  private static final String METHODS = "GET, POST, DELETE";
  private static final String JSON = "application/json";
  private static final String EVENTS = "text/event-stream";

  private final CancellableHttp http;
  private final HttpAccess access;
  private final RateLimit rate;
  private final RequestBodies bodies;
  private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();

  HttpHandler(CancellableHttp http, HttpAccess access) {
    this.http = http;
    this.access = access;
    this.rate = new RateLimit(http.limits().requestsPerSecond());
    this.bodies = new RequestBodies(http.limits());
  }

  /// Checks which of the waiting clients are still there.
  void pingAll() {
    for (EventStream stream : streams) {
      Thread.ofVirtual().name("http-ping").start(stream::ping);
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    try {
      access.requireOrigin(request);
      HttpAccess.share(request, response);
      if (!Request.getPathInContext(request).equals(PATH)) {
        throw HttpFailure.of(HttpStatus.NOT_FOUND_404, "unknown path", "use " + PATH);
      }
      answer(request, response, callback);
    } catch (HttpFailure refused) {
      refuse(refused, request, response, callback);
    } catch (RuntimeException | IOException unexpected) {
      LOG.error("a request failed", unexpected);
      HttpFailure.answer(
          response,
          callback,
          HttpStatus.INTERNAL_SERVER_ERROR_500,
          McpSchema.ErrorCodes.INTERNAL_ERROR,
          "an unexpected error: report it with the server's output on stderr");
    }
    return true;
  }

  private void refuse(HttpFailure refused, Request request, Response response, Callback callback) {
    try (Blocker.Callback answered = Blocker.callback()) {
      refused.answer(response, answered);
      answered.block();
    } catch (IOException gone) {
      callback.failed(gone);
      return;
    }
    bodies.discard(request);
    callback.succeeded();
  }

  private void answer(Request request, Response response, Callback callback)
      throws HttpFailure, IOException {
    if (request.getMethod().equals("OPTIONS") && request.getHeaders().contains(HttpHeader.ORIGIN)) {
      preflight(response, callback); // Browsers send no token with it.
      return;
    }
    access.requireToken(request, response);
    if (!rate.tryTake()) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
      throw HttpFailure.of(
          HttpStatus.TOO_MANY_REQUESTS_429,
          "more than " + rate.perSecond() + " requests per second",
          "wait a second (an operator can change the limit with --requests-per-second)");
    }
    switch (request.getMethod()) {
      case "POST" -> post(request, response, callback);
      case "GET" -> listen(request, response, callback);
      case "DELETE" -> {
        http.end(client(request));
        callback.succeeded();
      }
      default -> {
        response.getHeaders().put(HttpHeader.ALLOW, METHODS);
        throw HttpFailure.of(
            HttpStatus.METHOD_NOT_ALLOWED_405,
            "this HTTP method is not supported",
            "use " + METHODS);
      }
    }
  }

  private static void preflight(Response response, Callback callback) {
    response.setStatus(HttpStatus.NO_CONTENT_204);
    response.getHeaders().put(HttpHeader.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    response
        .getHeaders()
        .put(
            HttpHeader.ACCESS_CONTROL_ALLOW_HEADERS,
            "Authorization, Content-Type, Accept, Last-Event-ID, "
                + HttpHeaders.MCP_SESSION_ID
                + ", "
                + HttpHeaders.PROTOCOL_VERSION);
    callback.succeeded();
  }

  private HttpClientSession client(Request request) throws HttpFailure {
    String version = request.getHeaders().get(HttpHeaders.PROTOCOL_VERSION);
    if (version != null && !EventStream.VERSIONS.contains(version)) {
      throw HttpFailure.of(
          HttpStatus.BAD_REQUEST_400,
          "this server does not support that version of the protocol",
          "send in "
              + HttpHeaders.PROTOCOL_VERSION
              + " the version from the response to"
              + " initialize");
    }
    return http.client(request.getHeaders().get(HttpHeaders.MCP_SESSION_ID));
  }

  private void listen(Request request, Response response, Callback callback) throws HttpFailure {
    requireAccepted(request, EVENTS);
    HttpClientSession client = client(request);
    client.listen(stream(response, callback, client));
  }

  private EventStream stream(Response response, Callback callback, HttpClientSession client) {
    return new EventStream(http.json(), response, callback, client.calls()::isUnwanted, streams);
  }

  private static void requireAccepted(Request request, String type) throws HttpFailure {
    String accepted = String.join(",", request.getHeaders().getValuesList(HttpHeader.ACCEPT));
    if (!accepted.contains(type) && !accepted.contains("*/*")) {
      throw HttpFailure.of(
          HttpStatus.NOT_ACCEPTABLE_406,
          "the response may be " + type + ", which the client does not accept",
          "add it to the header Accept");
    }
  }

  private void post(Request request, Response response, Callback callback)
      throws HttpFailure, IOException {
    requireAccepted(request, JSON);
    requireAccepted(request, EVENTS);
    String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    if (type == null || !type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(JSON)) {
      throw HttpFailure.of(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE_415,
          "the content type is not JSON",
          "send the header Content-Type: " + JSON);
    }
    JSONRPCMessage message = bodies.read(request, this::parse);
    if (message instanceof JSONRPCRequest asked
        && asked.method().equals(McpSchema.METHOD_INITIALIZE)) {
      CancellableHttp.Welcome welcome = http.initialize(asked);
      response.getHeaders().put(HttpHeaders.MCP_SESSION_ID, welcome.client().id());
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, JSON);
      byte[] body = http.json().writeValueAsBytes(welcome.answer());
      response.write(true, ByteBuffer.wrap(body), callback);
      return;
    }
    HttpClientSession client = client(request);
    if (message instanceof JSONRPCRequest asked) {
      client.handle(asked, stream(response, callback, client));
    } else {
      accept(client, message);
      response.setStatus(HttpStatus.ACCEPTED_202);
      callback.succeeded();
    }
  }

  private static void accept(HttpClientSession client, JSONRPCMessage message) throws HttpFailure {
    try {
      if (message instanceof JSONRPCNotification told && !client.calls().isCancelling(told)) {
        client.session().accept(told).block();
      } else if (message instanceof JSONRPCResponse answer) {
        client.session().accept(answer).block();
      }
    } catch (McpError unknown) {
      throw HttpFailure.of(
          HttpStatus.BAD_REQUEST_400,
          "this is a response to an unknown request",
          "respond to each request of the server once");
    }
  }

  private JSONRPCMessage parse(byte[] body) throws HttpFailure {
    String text;
    try {
      text = Utf8.decode(body);
    } catch (CharacterCodingException invalid) {
      throw new HttpFailure(
          HttpStatus.BAD_REQUEST_400,
          McpSchema.ErrorCodes.PARSE_ERROR,
          "the body is not valid UTF-8: " + Utf8.REMEDY);
    }
    if (text.stripLeading().startsWith("[")) {
      throw HttpFailure.of(
          HttpStatus.BAD_REQUEST_400,
          "the protocol no longer supports batches",
          "send each message separately");
    }
    try {
      return McpSchema.deserializeJsonRpcMessage(http.json(), text);
    } catch (IOException noJson) {
      throw new HttpFailure(
          HttpStatus.BAD_REQUEST_400,
          McpSchema.ErrorCodes.PARSE_ERROR,
          "the body is not JSON: send one JSON-RPC 2.0 message");
    } catch (RuntimeException noMessage) {
      throw HttpFailure.of(
          HttpStatus.BAD_REQUEST_400,
          "the body is not a JSON-RPC 2.0 message",
          "send a request, a notification or a response");
    }
  }
}

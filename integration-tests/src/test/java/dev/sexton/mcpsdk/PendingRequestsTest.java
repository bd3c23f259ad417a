package dev.sexton.mcpsdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Tests which requests are answered with an error when the server is gone.
class PendingRequestsTest {
  private final PendingRequests pending = new PendingRequests();
  private final List<JSONRPCResponse> answers = new ArrayList<>();

  @Test
  void answersEachPendingRequestOnce() {
    pending.add(request("answered"));
    pending.add(request("not sent"));
    pending.add(request("pending"));
    pending.add(new JSONRPCNotification("notification", Map.of()));
    pending.answered(new JSONRPCResponse("2.0", "answered", Map.of(), null));
    pending.remove(request("not sent"));

    pending.failAll("the server has ended", answers::add);
    pending.failAll("once more", answers::add);

    assertThat(answers).extracting(JSONRPCResponse::id).containsExactly("pending");
    assertThat(answers)
        .extracting(JSONRPCResponse::error)
        .extracting(error -> error == null ? "" : error.code() + " " + error.message())
        .containsExactly("-32000 the server has ended");
  }

  private static JSONRPCRequest request(String id) {
    return new JSONRPCRequest("method", id, Map.of());
  }
}

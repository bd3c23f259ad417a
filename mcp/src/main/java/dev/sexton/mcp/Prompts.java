package dev.sexton.mcp;

import io.modelcontextprotocol.server.McpServerFeatures.AsyncPromptSpecification;
import io.modelcontextprotocol.spec.McpSchema.GetPromptResult;
import io.modelcontextprotocol.spec.McpSchema.Prompt;
import io.modelcontextprotocol.spec.McpSchema.PromptMessage;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.util.List;
import reactor.core.publisher.Mono;

/// The prompts that the server offers.
final class Prompts {
  private static final String FIND_LEFTOVERS =
      """
      This machine seems to be full of processes and containers that are no longer used. Find out \
      what they are and where they come from, and help me to remove them safely.

      1. Call orphans_list. Report the leftovers of dead servers, how much memory they use, and \
      since when. Say which application each belongs to.
      2. Call history with since 7d: which servers leave something behind repeatedly?
      3. Call orphans_sweep, which is a dry run by default, and show me what it would stop. \
      Call it with dry_run false only after I agree.
      4. For every instance whose state is unknown, explain the reason that is given, and what I can \
      do to determine it. Never stop any of these by other means.
      5. For unclaimed containers and for processes that no server has registered: tell me, but \
      leave them alone.
      6. Suggest how to prevent leftovers: `sexton run` before the command of a server \
      in the client's configuration, or `sexton watch`.\
      """;

  private Prompts() {}

  static List<AsyncPromptSpecification> specifications() {
    String description =
        "Finds out why a machine is full of leftovers, and removes them with the user's consent.";
    Prompt prompt =
        Prompt.builder("find_leftovers")
            .title("Why is this machine full of leftovers?")
            .description(description)
            .build();
    PromptMessage message =
        PromptMessage.builder(Role.USER, TextContent.builder(FIND_LEFTOVERS).build()).build();
    return List.of(
        new AsyncPromptSpecification(
            prompt,
            (exchange, request) ->
                Mono.just(
                    GetPromptResult.builder(List.of(message)).description(description).build())));
  }
}

/**
 * As much HTTP/1.1 as the Docker Engine API needs, over a unix-domain socket or TCP, with one time
 * limit that holds for a whole exchange. Own code on purpose: a client library costs a one-shot
 * command more start-up time than everything else it does.
 */
@NullMarked
package dev.sexton.docker.internal.http;

import org.jspecify.annotations.NullMarked;

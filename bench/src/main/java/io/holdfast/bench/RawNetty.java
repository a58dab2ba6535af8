package io.holdfast.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * Baseline: the least a Netty WebSocket server can do and still satisfy the driver. It greets,
 * attaches everybody to one channel and either commits a publish before it acks it ({@code commit})
 * or broadcasts it ({@code fanout}); {@code relay} passes each append on to those of its channel;
 * {@code idle} does none of it, {@code page} serves a file as the history of any channel.
 */
final class RawNetty {
  private RawNetty() {}

  public static void main(String[] args) throws InterruptedException, IOException {
    var arguments = Arguments.of(args);
    int loops = Runtime.getRuntime().availableProcessors();
    var group = new MultiThreadIoEventLoopGroup(loops, EpollIoHandler.newFactory());
    RawHandler.Publishing publishing = publishing(arguments);
    var _ =
        new ServerBootstrap()
            .group(group)
            .channel(EpollServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new Pipeline(() -> new RawHandler(publishing), pages(arguments)))
            .bind("127.0.0.1", arguments.number("port"))
            .sync();
    System.out.println("ready");
    System.out.flush();
  }

  private static RawHandler.Publishing publishing(Arguments arguments) {
    String mode = arguments.text("mode", "idle");
    return switch (mode) {
      case "commit" -> new CommitFirst(arguments.text("data", "."));
      case "fanout" -> new Broadcast(arguments.number("flush", 1), arguments.number("frame", 400));
      case "relay" -> new Relay(arguments.number("frame", 300));
      case "idle", "page" -> new RawHandler.Nothing();
      default -> throw new IllegalArgumentException("Unknown mode: " + mode);
    };
  }

  private static List<ChannelHandler> pages(Arguments arguments) throws IOException {
    String file = arguments.text("page", "");
    return file.isEmpty() ? List.of() : List.of(new RawPages(Files.readAllBytes(Path.of(file))));
  }

  private static final class Pipeline extends ChannelInitializer<SocketChannel> {
    private static final WebSocketServerProtocolConfig CONFIG =
        WebSocketServerProtocolConfig.newBuilder()
            .websocketPath("/")
            .checkStartsWith(true)
            .maxFramePayloadLength(1 << 20)
            .build();

    private final Supplier<RawHandler> handlers;
    private final List<ChannelHandler> before;

    Pipeline(Supplier<RawHandler> handlers, List<ChannelHandler> before) {
      this.handlers = handlers;
      this.before = before;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      channel
          .pipeline()
          .addLast(new HttpServerCodec(), new HttpObjectAggregator(8192))
          .addLast(before.toArray(ChannelHandler[]::new))
          .addLast(new WebSocketServerProtocolHandler(CONFIG), handlers.get());
    }
  }
}

using System.Net;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using MiniKube.Node;

namespace MiniKube.Tests;

public sealed class NetworkProbeTests
{
    private readonly HttpProbe _http = new("1.37");

    [TearDown]
    public void Close() => _http.Dispose();

    [TestCase("/ok", true, ""), TestCase("/created", true, "")]
    [TestCase("/broken", false, "HTTP probe failed with statuscode: 503")]
    [TestCase("/moved", true, ""), TestCase("/elsewhere", true, "", Description = "who sends us to another host lives")]
    [CancelAfter(20_000)]
    public async Task An_answer_below_400_is_health(string path, bool passed, string output, CancellationToken cancellationToken)
    {
        await using var server = await StartAsync(cancellationToken);

        var result = await _http.ProbeAsync(new V1HTTPGetAction { Path = path, Port = "web" }, TargetOf(server), cancellationToken);

        Assert.That(result.Passed, Is.EqualTo(passed), result.Output);
        Assert.That(passed || result.Output == output, Is.True, result.Output);
    }

    [Test, CancelAfter(20_000)]
    public async Task Headers_of_the_probe_are_sent_and_its_own_can_be_replaced(CancellationToken cancellationToken)
    {
        await using var server = await StartAsync(cancellationToken);
        var action = new V1HTTPGetAction
        {
            Path = "/headers",
            Port = "web",
            HttpHeaders = [new V1HTTPHeader { Name = "X-Custom", Value = "a" }, new V1HTTPHeader { Name = "User-Agent", Value = "me" }],
        };

        var result = await _http.ProbeAsync(action, TargetOf(server), cancellationToken);

        Assert.That(result.Output, Is.EqualTo("a me"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_port_nobody_listens_on_is_told_as_refused(CancellationToken cancellationToken)
    {
        var target = new ProbeTarget(new V1Container(), "id", IPAddress.Loopback);

        var http = await _http.ProbeAsync(new V1HTTPGetAction { Port = "1" }, target, cancellationToken);
        var tcp = await TcpProbe.ProbeAsync(new V1TCPSocketAction { Port = "1" }, target, cancellationToken);

        Assert.That(http.Output, Is.EqualTo("Get \"http://127.0.0.1:1/\": dial tcp 127.0.0.1:1: connect: connection refused"));
        Assert.That(tcp, Is.EqualTo(ProbeResult.Failure("dial tcp 127.0.0.1:1: connect: connection refused")));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_port_somebody_listens_on_passes(CancellationToken cancellationToken)
    {
        await using var server = await StartAsync(cancellationToken);

        var result = await TcpProbe.ProbeAsync(new V1TCPSocketAction { Port = "web" }, TargetOf(server), cancellationToken);

        Assert.That(result.Passed, Is.True);
    }

    [TestCase("", true, "service healthy")]
    [TestCase("sick", false, "service unhealthy (responded with \"NOT_SERVING\")")]
    [TestCase("none", false, "error: health rpc probe failed: rpc error: code = 5 desc = unknown service")]
    [CancelAfter(20_000)]
    public async Task The_grpc_health_service_is_asked_by_name(
        string service, bool passed, string output, CancellationToken cancellationToken)
    {
        await using var server = await StartAsync(cancellationToken, HttpProtocols.Http2);
        var target = TargetOf(server);

        var result = await _http.ProbeGrpcAsync(
            new V1GRPCAction { Port = target.Container.Ports[0].ContainerPort, Service = service }, target, cancellationToken);

        Assert.That(result, Is.EqualTo(new ProbeResult(passed, output)));
    }

    private static ProbeTarget TargetOf(WebApplication server)
    {
        var port = new Uri(server.Urls.Single()).Port;
        var container = new V1Container { Ports = [new V1ContainerPort { Name = "web", ContainerPort = port }] };
        return new ProbeTarget(container, "id", IPAddress.Loopback);
    }

    private static async Task<WebApplication> StartAsync(
        CancellationToken cancellationToken, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        var server = builder.Build();
        server.MapGet("/ok", () => "fine");
        server.MapGet("/created", () => Results.StatusCode(201));
        server.MapGet("/broken", () => Results.StatusCode(503));
        server.MapGet("/moved", () => Results.Redirect("/ok"));
        server.MapGet("/elsewhere", () => Results.Redirect("http://example.invalid/"));
        server.MapGet("/headers", (HttpRequest request) => $"{request.Headers["X-Custom"]} {request.Headers.UserAgent}");
        server.MapPost("/grpc.health.v1.Health/Check", AnswerAsync);
        await server.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>A health service by hand: the request's only field is a string, the answer's only one a number.</summary>
    private static async Task AnswerAsync(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var service = body.Length > 7 ? System.Text.Encoding.UTF8.GetString(body.ToArray()[7..]) : "";
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        if (service == "none")
        {
            context.Response.AppendTrailer("grpc-status", "5");
            context.Response.AppendTrailer("grpc-message", "unknown service");
            return;
        }

        await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 2, 8, (byte)(service == "sick" ? 2 : 1) }, context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}

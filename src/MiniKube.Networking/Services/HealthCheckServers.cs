using System.Globalization;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using MiniKube.Api;

namespace MiniKube.Networking;

/// <summary>
/// Tells load balancers outside whether this node has endpoints of a Service with
/// <c>externalTrafficPolicy: Local</c>: 200 or 503 and kube-proxy's JSON on the Service's <c>healthCheckNodePort</c>.
/// One caller at a time.
/// https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/#preserving-the-client-source-ip
/// </summary>
internal sealed class HealthCheckServers
{
    private readonly Dictionary<ObjectKey, Server> _servers = [];

    /// <summary>
    /// Answers for the Service as planned, or no more when there is no plan. Returns what is wrong, or null.
    /// </summary>
    public async Task<string?> ApplyAsync(ObjectKey service, HealthCheckPlan? plan)
    {
        if (_servers.TryGetValue(service, out var present))
        {
            if (present.Port == plan?.Port)
            {
                present.Endpoints = plan.Endpoints;
                return null;
            }

            _servers.Remove(service);
            await present.CloseAsync();
        }

        if (plan is null)
        {
            return null;
        }

        try
        {
            _servers.Add(service, Server.Start(service, plan));
            return null;
        }
        catch (HttpListenerException taken)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"cannot answer health checks on port {plan.Port}: {taken.Message}");
        }
    }

    public async Task CloseAsync()
    {
        await Task.WhenAll(_servers.Values.Select(static server => server.CloseAsync()));
        _servers.Clear();
    }

    /// <summary>The answer's body.</summary>
    internal static byte[] Body(ObjectKey service, int endpoints)
    {
        using var buffer = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            json.WriteStartObject("service");
            json.WriteString("namespace", service.Namespace);
            json.WriteString("name", service.Name);
            json.WriteEndObject();
            json.WriteNumber("localEndpoints", endpoints);
            json.WriteBoolean("serviceProxyHealthy", true);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private sealed class Server
    {
        private readonly ObjectKey _service;
        private readonly HttpListener _listener = new();
        private readonly Task _answering;
        private volatile int _endpoints;

        private Server(ObjectKey service, HealthCheckPlan plan)
        {
            _service = service;
            Port = plan.Port;
            _endpoints = plan.Endpoints;
            _listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://*:{plan.Port}/"));
            _listener.Start();
            _answering = AnswerAllAsync();
        }

        public int Port { get; }

        public int Endpoints { set => _endpoints = value; }

        /// <exception cref="HttpListenerException">The port is taken.</exception>
        public static Server Start(ObjectKey service, HealthCheckPlan plan) => new(service, plan);

        public async Task CloseAsync()
        {
            _listener.Close();
            await _answering;
        }

        private async Task AnswerAllAsync()
        {
            await Task.Yield();
            while (_listener.IsListening)
            {
                try
                {
                    Answer((await _listener.GetContextAsync()).Response);
                }
                catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException or InvalidOperationException)
                {
                    // The asker left, or the server is closing: the loop's condition tells which.
                }
            }
        }

        private void Answer(HttpListenerResponse response)
        {
            var endpoints = _endpoints;
            response.StatusCode = endpoints > 0 ? 200 : 503;
            response.ContentType = "application/json";
            response.AddHeader("X-Content-Type-Options", "nosniff");
            response.AddHeader("X-Load-Balancing-Endpoint-Weight", endpoints.ToString(CultureInfo.InvariantCulture));
            response.Close(Body(_service, endpoints), willBlock: false);
        }
    }
}

/// <summary>Where a Service's health checks are answered on this node, and how many ready endpoints it has here.</summary>
internal sealed record HealthCheckPlan(int Port, int Endpoints);

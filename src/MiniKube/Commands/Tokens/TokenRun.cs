using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube;

/// <summary>
/// Join tokens as Secrets in kube-system, with the fields that Kubernetes gives bootstrap tokens, so that kubectl and kubeadm see
/// them too.
/// </summary>
internal sealed class TokenRun(ApiConnection api, Terminal terminal)
{
    private const string Secrets = "/api/v1/namespaces/kube-system/secrets";
    private const string TokenType = "bootstrap.kubernetes.io/token";
    private const string NamePrefix = "bootstrap-token-";
    private const string Characters = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const int IdLength = 6;
    private const int SecretLength = 16;

    public async Task CreateAsync(TimeSpan? life, string description, CancellationToken cancellationToken)
    {
        var hash = await AuthorityHashAsync(cancellationToken);
        var id = RandomNumberGenerator.GetString(Characters, IdLength);
        var secret = RandomNumberGenerator.GetString(Characters, SecretLength);
        var data = new JsonObject
        {
            ["token-id"] = id,
            ["token-secret"] = secret,
            ["usage-bootstrap-authentication"] = "true",
            ["usage-bootstrap-signing"] = "true",
        };
        if (life is { } duration)
        {
            data["expiration"] = (terminal.Time.GetUtcNow() + duration).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        }

        if (description.Length > 0)
        {
            data["description"] = description;
        }

        var body = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = NamePrefix + id },
            ["type"] = TokenType,
            ["stringData"] = data,
        };
        await api.SendAsync(HttpMethod.Post, Secrets, ApiBody.Of(body), cancellationToken);
        await terminal.Output.WriteLineAsync($"K10{hash}::{id}:{secret}");
    }

    public async Task ListAsync(CancellationToken cancellationToken)
    {
        var answer = await api.GetAsync($"{Secrets}?fieldSelector=type%3D{Uri.EscapeDataString(TokenType)}", cancellationToken);
        var table = new TableWriter(terminal.Output);
        table.Add(["TOKEN", "TTL", "EXPIRES", "USAGES", "DESCRIPTION"]);
        foreach (var secret in answer["items"]!.AsArray())
        {
            table.Add(Row(secret!["data"] as JsonObject ?? [], terminal.Time.GetUtcNow()));
        }

        await table.FlushAsync();
    }

    public async Task DeleteAsync(IEnumerable<string> tokens, CancellationToken cancellationToken)
    {
        foreach (var token in tokens)
        {
            var id = IdOf(token);
            try
            {
                await api.SendAsync(HttpMethod.Delete, $"{Secrets}/{NamePrefix}{id}", body: null, cancellationToken);
            }
            catch (RefusedException missing) when (missing.Code == 404)
            {
                throw new CommandException($"there is no token {id}; 'minikube token list' shows those there are", cause: missing);
            }

            await terminal.Output.WriteLineAsync($"token \"{id}\" deleted");
        }
    }

    /// <summary>The id in whatever form of a token somebody pastes.</summary>
    internal static string IdOf(string token)
    {
        var credentials = token.LastIndexOf("::", StringComparison.Ordinal) is >= 0 and var end ? token[(end + 2)..] : token;
        var id = credentials.Split(':', '.')[0];
        return id.Length == IdLength && id.All(static letter => Characters.Contains(letter, StringComparison.Ordinal))
            ? id
            : throw CommandException.Usage(
                "that is no token that could be deleted: give an id of six characters from 'minikube token list'");
    }

    internal static IReadOnlyList<string> Row(JsonObject data, DateTimeOffset now)
    {
        var end = Text(data, "expiration");
        var expires = DateTimeOffset.TryParse(end, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : (DateTimeOffset?)null;
        var shown = end.Length == 0 ? "<never>" : end;
        return [Text(data, "token-id"), Left(end, expires, now), shown, Usages(data), Text(data, "description")];
    }

    private static string Left(string end, DateTimeOffset? expires, DateTimeOffset now)
    {
        if (end.Length == 0)
        {
            return "<forever>";
        }

        return expires > now ? HumanDuration.Format(expires.Value - now) : "<expired>";
    }

    private static string Usages(JsonObject data)
    {
        const string prefix = "usage-bootstrap-";
        var usages = data
            .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal) && Text(data, entry.Key) == "true")
            .Select(static entry => entry.Key[prefix.Length..]);
        return string.Join(",", usages.Order(StringComparer.Ordinal));
    }

    private static string Text(JsonObject data, string key)
        => data[key]?.ToString() is { } encoded ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded)) : "";

    // The first of the bundle is the authority that signs now.
    private async Task<string> AuthorityHashAsync(CancellationToken cancellationToken)
    {
        using var answer = await api.OpenAsync("/cacerts", "text/plain", cancellationToken);
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(await answer.Content.ReadAsStringAsync(cancellationToken));
        return Convert.ToHexStringLower(SHA256.HashData(authorities[0].RawData));
    }
}

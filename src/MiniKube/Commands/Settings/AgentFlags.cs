using System.CommandLine;

namespace MiniKube;

/// <summary>The settings of <c>agent</c>: every one a flag, a variable and a key of the file.</summary>
internal sealed class AgentFlags
{
    private readonly ConfigOption _config = new();
    private readonly NodeFlags _node = new();
    private readonly ListSetting _server = new("server", "URL", "a server of the cluster: https://HOST:6443");
    private readonly TokenSetting _token = new("the join token: 'minikube token create' on the server, or DATA/node-token there");

    private IReadOnlyList<Setting> All => [_server, .. _token.All, .. _node.All];

    public void AddTo(Command command)
    {
        command.Add(_config.Option);
        foreach (var setting in All)
        {
            command.Add(setting.Option);
        }
    }

    /// <exception cref="CommandException">Something said cannot be understood.</exception>
    public AgentSettings Read(ParseResult parsed, Terminal terminal)
    {
        var sources = _config.Read(parsed, terminal, All);
        var node = _node.Read(sources, terminal, static directory => AgentState.Find(directory)?.NodeName);
        return new AgentSettings(node)
        {
            Servers = [.. _server.Read(sources).Select(ServerUrl)],
            Token = _token.Read(sources),
        };
    }

    private static Uri ServerUrl(string text)
    {
        var valid = Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme == Uri.UriSchemeHttps && url.PathAndQuery == "/" && url.UserInfo.Length == 0;
        return valid ? url! : throw CommandException.Usage($"--server: '{text}' is not a URL like https://10.0.0.1:6443");
    }
}

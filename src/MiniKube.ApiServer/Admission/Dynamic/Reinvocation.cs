using System.Text.Json.Nodes;

namespace MiniKube.ApiServer;

/// <summary>
/// Who is asked again in the second round of one request: those that want to be, were asked, and whose work somebody has changed since.
/// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#reinvocation-policy
/// </summary>
internal sealed class Reinvocation
{
    private readonly HashSet<string> _asked = [];
    private readonly HashSet<string> _again = [];
    private JsonNode? _left;
    private bool _isSecondRound;

    /// <summary>True for everyone in the first round.</summary>
    public bool IsTurnOf(IMutator mutator) => !_isSecondRound || _again.Contains(mutator.Key);

    public void Done(IMutator mutator, MutationOutcome outcome)
    {
        if (outcome == MutationOutcome.Changed)
        {
            AskAgain();
        }

        if (outcome != MutationOutcome.NotConcerned && mutator.IsReinvocable && !_isSecondRound)
        {
            _asked.Add(mutator.Key);
        }
    }

    /// <summary>The first round is over; what it left is kept to be compared with what comes back.</summary>
    public void EndRound(JsonObject? item) => _left = item?.DeepClone();

    /// <summary>The server's own rules have seen what the first round left.</summary>
    public void BeginSecondRound(JsonObject? item)
    {
        if (!JsonNode.DeepEquals(item, _left))
        {
            AskAgain();
        }

        _isSecondRound = true;
    }

    private void AskAgain()
    {
        if (!_isSecondRound)
        {
            _again.UnionWith(_asked);
            _asked.Clear();
        }
    }
}

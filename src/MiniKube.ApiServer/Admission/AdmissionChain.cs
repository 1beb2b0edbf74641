using System.Collections.Immutable;

namespace MiniKube.ApiServer;

/// <summary>Asks every admission rule in turn; the first refusal ends the request.</summary>
internal sealed class AdmissionChain(ImmutableArray<IAdmission> rules)
{
    public bool MayChange(ResourceDefinition definition) => rules.Any(rule => rule.MayChange(definition));

    public async ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        foreach (var rule in rules)
        {
            await rule.AdmitAsync(request, cancellationToken);
        }
    }
}

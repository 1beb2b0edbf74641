using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// Brings a CustomResourceDefinition to life and to its end: accepts its names, serves it and says so in this order, and when it is
/// deleted removes its objects first.
/// </summary>
internal sealed class DefinitionReconciler(
    ApiPipeline pipeline, CustomKinds kinds, InstanceDrain drain, Action<string> recheckGroup) : IReconciler
{
    private readonly UserInfo _user = UserInfo.ApiServer with { IsComponent = true };

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (pipeline.Objects.Find<V1CustomResourceDefinition>(key) is not { } item)
        {
            kinds.Publish();

            // Its names are free for others.
            recheckGroup(key.Name[(key.Name.IndexOf('.', StringComparison.Ordinal) + 1)..]);
            return ReconcileResult.Done;
        }

        var others = pipeline.Objects.List<V1CustomResourceDefinition>(null);
        var plan = NamePlanner.Plan(item, others, ResourceCatalog.BuiltIn);
        if (plan.IsAccepted || NamePlanner.IsEstablished(item))
        {
            kinds.Publish(item, plan.Names);
        }

        var status = DefinitionStatus.Of(item, plan, pipeline.Now);
        if (!JsonChanges.AreEqual(status, item.Status))
        {
            await WriteAsync(item, "status", copy => copy.Status = status, UpdateStrategy.Status, cancellationToken);
            return ReconcileResult.Done; // The change brings it back here.
        }

        if (item.Metadata.DeletionTimestamp is not null
            && item.Metadata.Finalizers?.Contains(CustomResourceDefinitionResource.Cleanup) == true)
        {
            await CleanAsync(item, cancellationToken);
        }

        return ReconcileResult.Done;
    }

    private async Task CleanAsync(V1CustomResourceDefinition item, CancellationToken cancellationToken)
    {
        if (kinds.Find(item.Metadata.Uid)?.Stored is { } definition)
        {
            var all = new ResourceRequest(_user, Verb.DeleteCollection, definition, "");
            var selection = new Selection(definition, LabelSelector.Everything, FieldSelector.Everything);
            await pipeline.DeleteCollectionAsync(all, selection, ListOptions.All, new V1DeleteOptions(), cancellationToken);
            if (!drain.IsEmpty(all.Range))
            {
                drain.Follow(all.Range, item.Metadata.Name);
                return;
            }
        }

        await WriteAsync(
            item,
            "",
            static copy => copy.Metadata.Finalizers = [.. copy.Metadata.Finalizers.Where(
                static one => one != CustomResourceDefinitionResource.Cleanup)],
            UpdateStrategy.Verbatim,
            cancellationToken);
    }

    private async Task WriteAsync(
        V1CustomResourceDefinition item,
        string subresource,
        Action<V1CustomResourceDefinition> change,
        UpdateStrategy strategy,
        CancellationToken cancellationToken)
    {
        var definition = pipeline.Resources.Get(typeof(V1CustomResourceDefinition));
        var request = new ResourceRequest(_user, Verb.Update, definition, "", item.Metadata.Name, subresource);
        await pipeline.UpdateAsync(
            request,
            current =>
            {
                // Decided from this version of it; another one is looked at anew.
                var copy = ObjectJson.Decode<V1CustomResourceDefinition>(current.Json.Span);
                copy.Metadata.ResourceVersion = item.Metadata.ResourceVersion;
                change(copy);
                return copy;
            },
            strategy,
            WriteOptions.Default,
            cancellationToken);
    }
}

using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>The priority classes there are now, with the two that every cluster has.</summary>
/// <param name="stored">The stored ones.</param>
internal sealed class PriorityClasses(Func<IEnumerable<V1PriorityClass>> stored)
{
    /// <summary>The class of that name, or null.</summary>
    public V1PriorityClass? Find(string name)
        => PriorityClassRules.SystemClasses.TryGetValue(name, out var value)
            ? new V1PriorityClass { Metadata = new V1ObjectMeta { Name = name }, Value = value, PreemptionPolicy = "PreemptLowerPriority" }
            : stored().FirstOrDefault(one => one.Metadata.Name == name);

    /// <summary>The class of pods that name none: of several, the one of least priority. Null when there is none.</summary>
    public V1PriorityClass? Default() => stored().Where(one => one.GlobalDefault == true).MinBy(one => one.Value);
}

using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>
/// The conditions of a deployment's status, with Kubernetes' rules for their times: a condition that says what it said
/// before is left alone, and the transition time moves only with the status.
/// </summary>
internal sealed class DeploymentConditions(IEnumerable<V1DeploymentCondition>? present, DateTimeOffset now)
{
    public const string Available = "Available";
    public const string Progressing = "Progressing";
    public const string ReplicaFailure = "ReplicaFailure";

    public const string NewSetAvailable = "NewReplicaSetAvailable";
    public const string SetUpdated = "ReplicaSetUpdated";
    public const string DeadlineExceeded = "ProgressDeadlineExceeded";

    private readonly List<V1DeploymentCondition> _conditions = [.. present ?? []];

    public List<V1DeploymentCondition> ToList() => [.. _conditions];

    public V1DeploymentCondition? Find(string type) => _conditions.FirstOrDefault(one => one.Type == type);

    public void Remove(string type) => _conditions.RemoveAll(one => one.Type == type);

    public void Set(string type, string status, string reason, string message)
    {
        var known = Find(type);
        if (known is not null && known.Status == status && known.Reason == reason)
        {
            return;
        }

        Replace(type, status, reason, message);
    }

    /// <summary>
    /// As <see cref="Set"/>, and the update time moves even when nothing else does: progress was made again.
    /// </summary>
    public void Replace(string type, string status, string reason, string message)
    {
        var known = Find(type);
        Remove(type);
        _conditions.Add(new V1DeploymentCondition
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            LastUpdateTime = now.UtcDateTime,
            LastTransitionTime = known?.Status == status ? known.LastTransitionTime : now.UtcDateTime,
        });
    }
}

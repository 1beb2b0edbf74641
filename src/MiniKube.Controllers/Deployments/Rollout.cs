using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>A deployment and its replica sets as one reconcile sees them; its writes return the next state.</summary>
internal sealed record Rollout(V1Deployment Deployment, DeploymentSets Sets);

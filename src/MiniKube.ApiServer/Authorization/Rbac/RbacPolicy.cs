using System.Collections.Frozen;
using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// All roles and bindings of one moment, compiled: by user and by group what is granted where. Immutable. A question looks up
/// one entry for the user and one for each of the groups.
/// </summary>
internal sealed class RbacPolicy
{
    private readonly FrozenDictionary<string, ImmutableArray<RbacGrant>> _byUser;
    private readonly FrozenDictionary<string, ImmutableArray<RbacGrant>> _byGroup;

    public RbacPolicy(
        IEnumerable<V1Role> roles,
        IEnumerable<V1ClusterRole> clusterRoles,
        IEnumerable<V1RoleBinding> bindings,
        IEnumerable<V1ClusterRoleBinding> clusterBindings)
    {
        var local = roles.ToDictionary(
            static role => new ObjectKey(role.Metadata.NamespaceProperty, role.Metadata.Name), static role => Compile(role.Rules));
        var global = clusterRoles.ToDictionary(static role => role.Metadata.Name, static role => Compile(role.Rules));
        var users = new Dictionary<string, List<RbacGrant>>(StringComparer.Ordinal);
        var groups = new Dictionary<string, List<RbacGrant>>(StringComparer.Ordinal);
        foreach (var binding in clusterBindings)
        {
            Add(binding.Subjects, new RbacGrant("", global.GetValueOrDefault(binding.RoleRef.Name, [])));
        }

        foreach (var binding in bindings)
        {
            var space = binding.Metadata.NamespaceProperty;
            var rules = binding.RoleRef.Kind == RbacTexts.ClusterRole
                ? global.GetValueOrDefault(binding.RoleRef.Name, [])
                : local.GetValueOrDefault(new ObjectKey(space, binding.RoleRef.Name), []);
            Add(binding.Subjects, new RbacGrant(space, rules));
        }

        _byUser = Freeze(users);
        _byGroup = Freeze(groups);

        void Add(IList<Rbacv1Subject>? subjects, RbacGrant grant)
        {
            foreach (var subject in grant.Rules.IsEmpty ? [] : subjects ?? [])
            {
                var (table, name) = subject.Kind switch
                {
                    RbacTexts.User => (users, subject.Name),
                    RbacTexts.UserGroup => (groups, subject.Name),
                    _ => (users, AccountName(subject, grant.Namespace)),
                };
                if (name.Length > 0)
                {
                    (table.TryGetValue(name, out var list) ? list : table[name] = []).Add(grant);
                }
            }
        }
    }

    public bool Allows(UserInfo user, string verb, string group, string resource, string subresource, string space, string name)
    {
        if (Allow(_byUser, user.Name))
        {
            return true;
        }

        foreach (var one in user.Groups)
        {
            if (Allow(_byGroup, one))
            {
                return true;
            }
        }

        return false;

        bool Allow(FrozenDictionary<string, ImmutableArray<RbacGrant>> table, string who)
        {
            foreach (var grant in table.TryGetValue(who, out var grants) ? grants : [])
            {
                if (grant.AppliesTo(space) && grant.Allows(verb, group, resource, subresource, name))
                {
                    return true;
                }
            }

            return false;
        }
    }

    public bool AllowsPath(UserInfo user, string verb, string path)
        => RulesOf(user, "").Any(rule => rule.AllowsPath(verb, path));

    /// <summary>Everything the user may in the namespace; in the empty one what holds everywhere.</summary>
    public IEnumerable<CompiledRule> RulesOf(UserInfo user, string space)
        => user.Groups.SelectMany(group => _byGroup.GetValueOrDefault(group, []))
            .Concat(_byUser.GetValueOrDefault(user.Name, []))
            .Where(grant => grant.AppliesTo(space))
            .SelectMany(static grant => grant.Rules);

    // A subject without a namespace is of the binding's own.
    private static string AccountName(Rbacv1Subject subject, string space)
    {
        var home = string.IsNullOrEmpty(subject.NamespaceProperty) ? space : subject.NamespaceProperty;
        return home.Length == 0 || subject.Kind != RbacTexts.ServiceAccount ? "" : $"system:serviceaccount:{home}:{subject.Name}";
    }

    private static ImmutableArray<CompiledRule> Compile(IList<V1PolicyRule>? rules)
        => [.. (rules ?? []).Select(static rule => new CompiledRule(rule))];

    private static FrozenDictionary<string, ImmutableArray<RbacGrant>> Freeze(Dictionary<string, List<RbacGrant>> table)
        => table.ToFrozenDictionary(
            static one => one.Key, static one => one.Value.ToImmutableArray(), StringComparer.Ordinal);
}

/// <summary>What one binding gives; in every namespace when its own is empty.</summary>
internal readonly record struct RbacGrant(string Namespace, ImmutableArray<CompiledRule> Rules)
{
    public bool AppliesTo(string space) => Namespace.Length == 0 || Namespace == space;

    public bool Allows(string verb, string group, string resource, string subresource, string name)
    {
        foreach (var rule in Rules)
        {
            if (rule.Allows(verb, group, resource, subresource, name))
            {
                return true;
            }
        }

        return false;
    }
}

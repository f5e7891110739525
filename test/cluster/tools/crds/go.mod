// Modules whose files alone are read: the definitions of the kinds that plans write. Nothing here is compiled, so `go mod tidy` would empty it.
module plimsoll/test/cluster/tools/crds

go 1.26.6

require (
	github.com/aws/karpenter-provider-aws v1.14.1
	github.com/kedacore/keda/v2 v2.21.0
	sigs.k8s.io/gateway-api-inference-extension v1.2.0
	sigs.k8s.io/kueue v0.15.0
	sigs.k8s.io/lws v0.9.0
)

# The builder image. Where no registry can be reached, deploy/stand-in/builder-image makes one of this name.
ARG GO_IMAGE=golang:1.26.8-bookworm

# With BuildKit the compiler runs on the machine's own processor and cross-compiles; the classic builder,
# which knows no BUILDPLATFORM, falls back to its own platform.
FROM --platform=${BUILDPLATFORM:-linux} ${GO_IMAGE} AS build
ARG TARGETOS
ARG TARGETARCH
ENV CGO_ENABLED=0
WORKDIR /src

# Modules change seldom: their layer is kept until go.mod or go.sum changes.
COPY go.mod go.sum ./
RUN go mod download

COPY . .
ARG VERSION=
RUN GOOS=${TARGETOS:-linux} GOARCH=${TARGETARCH} \
    go build -trimpath -buildvcs=false -ldflags "-s -w -X main.release=${VERSION}" -o /out/blinkd ./cmd/blinkd

# Named volumes take the owner of the folder that they are first mounted on.
RUN mkdir -p /out/homes/node0 /out/homes/node1 /out/homes/node2 /out/homes/node3 /out/homes/node4 /out/homes/cli

# Nothing but the program: no shell, no root.
FROM scratch
COPY --from=build --chown=65532:65532 /out/homes /homes
COPY --from=build /out/blinkd /blinkd
USER 65532:65532
EXPOSE 8080 26656
STOPSIGNAL SIGTERM
ENTRYPOINT ["/blinkd"]
CMD ["--help"]

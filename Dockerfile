# Build: docker build -t evenhand .
# Run:   docker run -p 8080:8080 -e EVENHAND_DATABASE_URL=postgres://… -e EVENHAND_SEAL_KEY=… evenhand
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -tags nomsgpack -ldflags='-s -w' -o /evenhand ./cmd/evenhand
RUN mkdir /data

# No shell, no package manager, not root: the program, certificates and a folder for SQLite.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /evenhand /evenhand
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
ENV EVENHAND_LISTEN=0.0.0.0:8080 EVENHAND_DATABASE_URL=sqlite:/data/evenhand.db
EXPOSE 8080
VOLUME /data
ENTRYPOINT ["/evenhand"]
CMD ["serve"]
